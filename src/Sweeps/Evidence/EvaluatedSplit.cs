using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Sweeps.Evidence;

/// <summary>One of the splits that a job was evaluated on.</summary>
/// <param name="IsTest">Whether the split contains test images rather than validation images.</param>
/// <param name="Target">The name of the target that the test images come from; null for the job's own data set.</param>
public sealed record EvaluatedSplit(bool IsTest, string? Target = null)
{
    /// <summary>The test images of a job's own data set.</summary>
    public static EvaluatedSplit Test { get; } = new(IsTest: true);

    /// <summary>The split's name: "test", "validation" or the target's name.</summary>
    public string Name => Target ?? (IsTest ? "test" : "validation");

    /// <summary>Returns the data set that the split's images come from.</summary>
    /// <param name="job">The job, which must have the target.</param>
    public DatasetSource Source(JobDefinition job) =>
        Target is null ? job.Dataset : job.Evaluate!.Targets.First(target => target.Name == Target).Dataset;

    /// <summary>Computes statistics on a job's predictions for the split.</summary>
    /// <param name="predictions">The job's predictions.</param>
    /// <exception cref="InvalidInputException">The job has no predictions for the target. The message lists the targets that have
    /// predictions.</exception>
    public SplitAnalysis Of(JobPredictions predictions)
    {
        if (Target is null) return SplitAnalysis.Of(predictions, IsTest ? predictions.Test : predictions.Validation);
        return predictions.Targets.FirstOrDefault(target => target.Name == Target) is { } found ? SplitAnalysis.Of(found)
            : throw new InvalidInputException($"--on: the job has no predictions for '{PrintableText.OneLine(Target)}'; "
                + (predictions.Targets.Count == 0 ? "it has predictions only for its own data set."
                    : "it has predictions for "
                        + $"{string.Join(", ", predictions.Targets.Select(target => PrintableText.OneLine(target.Name)))}."));
    }
}
