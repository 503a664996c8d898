using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Output;

/// <summary>Formats progress.</summary>
internal static class ProgressText
{
    /// <summary>Returns a line such as "12/57 jobs · 3,840/34,560 iterations · 212 it/s · 2:25 left".</summary>
    public static string Line(SweepStatus status)
    {
        var jobs = status.Summary.Jobs;
        var failed = jobs.Failed > 0 ? $" ({jobs.Failed} failed)" : "";
        var line = string.Create(CultureInfo.InvariantCulture,
            $"{jobs.Completed}/{jobs.Total} jobs{failed} · {status.IterationsDone:N0}/{status.Iterations:N0} iterations");
        if (status.IterationsPerSecond is { } rate) line += string.Create(CultureInfo.InvariantCulture, $" · {rate:N0} it/s");
        if (status.Remaining is { } remaining) line += $" · {CellText.Clock(remaining)} left";
        if (status.Obstacle is { } obstacle) line += $" · waiting: {PrintableText.OneLine(obstacle)}";
        return line;
    }

    /// <summary>Returns a line such as "adapt snip T=12 · tiny-kinds · seed 1, epoch 3/20, loss 1.234, 36 tokens".</summary>
    public static string Job(JobStatus job)
    {
        var line = job.Description;
        if (job.Epochs > 0) line += $", epoch {job.Epoch}/{job.Epochs}";
        if (job.Loss is { } loss) line += string.Create(CultureInfo.InvariantCulture, $", loss {loss:F3}");
        if (job.ContextTokens is { } tokens) line += $", {tokens} tokens";
        if (job.Attempt.IsRepeat) line += $", attempt {job.Attempt}";
        return line;
    }

    /// <summary>Wraps a line between its parts.</summary>
    public static IEnumerable<string> Fold(string line, int width)
    {
        const string between = " · ";
        var folded = "";
        foreach (var part in line.Split(between))
        {
            if (folded.Length > 0 && folded.Length + between.Length + part.Length > width)
            {
                yield return folded;
                folded = part;
            }
            else
            {
                folded = folded.Length == 0 ? part : folded + between + part;
            }
        }
        yield return folded;
    }
}
