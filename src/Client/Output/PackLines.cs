using System.Globalization;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Output;

/// <summary>Formats a line for each running pack: the jobs that one worker trains together.</summary>
internal sealed class PackLines(TimeProvider time)
{
    /// <summary>The maximum number of packs shown.</summary>
    private const int Most = 16;

    private readonly Dictionary<string, (long Start, double Iterations)> _seen = [];

    /// <summary>
    /// Returns lines such as "cuda:1 adapt snip T=24,12,6 · tiny-kinds · seeds 1-3 (9 jobs) epoch 3/14 · 212 it/s · 36 tokens", cropped
    /// to the width of the terminal.
    /// </summary>
    public IEnumerable<string> Of(SweepStatus status, int width)
    {
        var packs = status.Running.GroupBy(job => job.Worker ?? "").OrderBy(pack => pack.Key, StringComparer.Ordinal).ToArray();
        // The silo is shown only if there are several silos, since a narrow terminal has little room.
        var silos = packs.Select(pack => pack.Key.Split('/')[0]).Distinct().Count();
        foreach (var pack in packs.Take(Most))
        {
            yield return Fit($"{(silos > 1 ? pack.Key : pack.Key.Split('/')[^1])}  {Name([.. pack])}",
                Numbers(status, pack.Key, [.. pack]), width);
        }
        var shown = packs.Take(Most).Sum(pack => pack.Count());
        if (status.RunningJobs > shown) yield return $"  … and {status.RunningJobs - shown} more jobs";
        foreach (var gone in _seen.Keys.Except(packs.Select(pack => Key(pack.Key, pack))).ToArray()) _seen.Remove(gone);
    }

    /// <summary>Returns a common description of the jobs, with lists of the values that differ.</summary>
    internal static string Name(JobStatus[] jobs)
    {
        var parts = jobs.Select(job => job.Description.Split(" · ")).ToArray();
        if (parts.Any(part => part.Length != 3)) return jobs[0].Description;
        // Settings that tell jobs apart follow the arm in parentheses; a pack shows their values only if they are the same for all of it.
        string[] settings = [.. parts.Select(part => SettingsOf(part[0])).Distinct()];
        var arms = parts.Select(part => part[0][..^SettingsOf(part[0]).Length]).Distinct().ToArray();
        var targets = arms.Select(arm => arm.Split(" T=")).ToArray();
        var stems = targets.Select(target => target[0]).Distinct().ToArray();
        string Budgets() => string.Join(',', targets.Select(target => target[1])
            .OrderByDescending(target => target.Length).ThenByDescending(target => target, StringComparer.Ordinal));
        var arm = stems.Length > 1 ? $"{arms.Length} arms" : targets.All(target => target.Length == 2)
            ? $"{stems[0]} T={Budgets()}" : stems[0];
        int[] seeds = [.. parts.Select(part => int.TryParse(part[2].AsSpan("seed ".Length), CultureInfo.InvariantCulture, out var seed)
            ? seed : 0).Distinct().Order()];
        var seedText = seeds.Length == 1 ? $"seed {seeds[0]}" : seeds[^1] - seeds[0] == seeds.Length - 1 ? $"seeds {seeds[0]}-{seeds[^1]}"
            : $"{seeds.Length} seeds";
        if (settings.Length == 1) arm += settings[0];
        return $"{arm} · {string.Join(", ", parts.Select(part => part[1]).Distinct())} · {seedText}"
            + (jobs.Length > 1 ? $" ({jobs.Length} jobs)" : "");
    }

    private static string SettingsOf(string arm) => arm.IndexOf(" (", StringComparison.Ordinal) is >= 0 and var at ? arm[at..] : "";

    private string Numbers(SweepStatus status, string worker, JobStatus[] jobs)
    {
        var (first, last) = (jobs.Min(job => job.Epoch), jobs.Max(job => job.Epoch));
        var text = $"epoch {(first == last ? $"{first}" : $"{first}-{last}")}/{jobs.Max(job => job.Epochs)}";
        if (Rate(status, worker, jobs) is { } rate)
            text += $" · {rate.ToString(rate < 10 ? "0.0" : "N0", CultureInfo.InvariantCulture)} it/s";
        int[] tokens = [.. jobs.Select(job => job.ContextTokens).OfType<int>()];
        if (tokens.Length > 0) text += $" · {(tokens.Min() == tokens.Max() ? $"{tokens.Min()}" : $"{tokens.Min()}-{tokens.Max()}")} tokens";
        var attempt = jobs.Max(job => job.Attempt);
        return attempt.IsRepeat ? $"{text} · attempt {attempt}" : text;
    }

    /// <summary>
    /// Returns the total iterations per second of the pack's jobs; null while it is unknown. The silo measures this rate from the same
    /// reports as the sweep's rate. For older silos, it is computed from the epochs reported since the pack was first seen.
    /// </summary>
    private double? Rate(SweepStatus status, string worker, JobStatus[] jobs)
    {
        if (status.Paces.Length > 0) return Array.Find(status.Paces, pace => pace.Worker == worker)?.IterationsPerSecond;
        var (key, done) = (Key(worker, jobs), jobs.Sum(job => job.Epochs == 0 ? 0 : (double)job.Iterations * job.Epoch / job.Epochs));
        if (!_seen.TryGetValue(key, out var seen))
        {
            _seen[key] = (time.GetTimestamp(), done);
            return null;
        }
        var seconds = time.GetElapsedTime(seen.Start).TotalSeconds;
        return seconds >= 1 && done > seen.Iterations ? (done - seen.Iterations) / seconds : null;
    }

    private static string Key(string worker, IEnumerable<JobStatus> jobs) =>
        $"{worker} {string.Join(' ', jobs.Select(job => job.Id.Value))}";

    /// <summary>Fits a line to a width by cropping the name, so that the numbers stay visible.</summary>
    internal static string Fit(string name, string numbers, int width)
    {
        var room = Math.Max(10, width - numbers.Length - 4);
        return $"  {Terminal.Crop(name, room).PadRight(Math.Min(room, 64))}  {numbers}";
    }
}
