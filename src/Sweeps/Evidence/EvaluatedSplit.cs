using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Sweeps.Evidence;

/// <summary>One of the splits that a job was evaluated on.</summary>
/// <param name="IsTest">Whether it contains test images rather than the validation shots.</param>
/// <param name="Target">The name of the target whose test images they are; null for those of the job's own data set.</param>
public sealed record EvaluatedSplit(bool IsTest, string? Target = null)
{
    /// <summary>The test images of a job's own data set.</summary>
    public static EvaluatedSplit Test { get; } = new(IsTest: true);

    /// <summary>"test", "validation" or the target's name.</summary>
    public string Name => Target ?? (IsTest ? "test" : "validation");

    /// <summary>Returns the data set of the split's images.</summary>
    /// <param name="job">The job; it has the target.</param>
    public DatasetSource Source(JobDefinition job) =>
        Target is null ? job.Dataset : job.Evaluate!.Targets.First(target => target.Name == Target).Dataset;

    /// <summary>Computes the statistics of what a job predicted for the split.</summary>
    /// <param name="predictions">The job's predictions.</param>
    /// <exception cref="InvalidInputException">The job has no predictions for the target; the message names those that it has.</exception>
    public SplitAnalysis Of(JobPredictions predictions)
    {
        if (Target is null) return SplitAnalysis.Of(predictions, IsTest ? predictions.Test : predictions.Validation);
        return predictions.Targets.FirstOrDefault(target => target.Name == Target) is { } found ? SplitAnalysis.Of(found)
            : throw new InvalidInputException($"--on: the job has no predictions for '{PrintableText.OneLine(Target)}'; "
                + (predictions.Targets.Count == 0 ? "it has none for other data sets."
                    : "it has predictions for "
                        + $"{string.Join(", ", predictions.Targets.Select(target => PrintableText.OneLine(target.Name)))}."));
    }
}
