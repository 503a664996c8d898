using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Sweeps.Planning;

/// <summary>Formats descriptions of jobs for display.</summary>
public static class JobNames
{
    /// <summary>Returns a description such as "adapt snip T=12 · tiny-kinds · seed 1".</summary>
    public static string Describe(JobDefinition job) => $"{DescribeGroup(job)} · seed {job.Seed}";

    /// <summary>Returns the description without the seed.</summary>
    /// <param name="job">The job.</param>
    /// <param name="suffix">Text to insert after the arm.</param>
    public static string DescribeGroup(JobDefinition job, string suffix = "")
    {
        var classes = job.Dataset.Classes is { } half ? $" {half}" : "";
        return $"{DescribeArm(job)}{suffix} · {job.Dataset.Name}{classes}";
    }

    /// <summary>Returns the description without the data set and the seed.</summary>
    public static string DescribeArm(JobDefinition job)
    {
        var scorer = job.Scorer is { } s ? " " + s.Name : "";
        var target = job.TTarget is { } t ? $" T={t}" : "";
        return $"{job.Method}{scorer}{target}";
    }
}
