using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;

namespace AdaptCluster.Contracts.Tests;

/// <summary>Reports are bounded by what they bring for the store.</summary>
public sealed class ReportSizeTests
{
    [Fact]
    public void A_result_weighs_as_much_as_its_prompts_and_its_predictions_together()
    {
        var result = new JobResult
        {
            TestCorrect = 1,
            TestTotal = 2,
            ValidationCorrect = 3,
            ValidationTotal = 4,
            ImageContextTokens = 5,
            TextContextTokens = 6,
            TrainableParameters = 7,
            MultiplyAdds = 8,
            Duration = TimeSpan.FromSeconds(9),
            Prompts = new byte[100],
            Predictions = new byte[30],
        };

        Assert.Equal(130, JobReport.Completed(new(1), new(1), result).ContentBytes);
    }
}
