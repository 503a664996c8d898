using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Web.Workers;

/// <summary>A sweep that workers train, as far as their table needs it.</summary>
/// <param name="Status">Its progress.</param>
/// <param name="Log">Starts and ends of its attempts within <see cref="WorkerActivity.Window"/>, oldest first.</param>
internal sealed record SweepWork(SweepStatus Status, AttemptEvent[] Log);

/// <summary>A time in which a worker trained one pack, or several without a visible pause between them.</summary>
/// <param name="From">Its start.</param>
/// <param name="To">Its end.</param>
/// <param name="Text">What was trained, with times and outcomes.</param>
/// <param name="State">"running", "bad" if a job failed or was lost, otherwise "good".</param>
public sealed record WorkerBar(DateTimeOffset From, DateTimeOffset To, string Text, string State);

/// <summary>What a worker trains for a sweep now.</summary>
/// <param name="Sweep">The sweep.</param>
/// <param name="Pack">The number of the leased pack; null if the queue does not say.</param>
/// <param name="Jobs">Its running jobs, as far as the sweep's status lists them.</param>
public sealed record WorkerTask(SweepSummary Sweep, PackNumber? Pack, JobStatus[] Jobs);

/// <summary>One worker.</summary>
/// <param name="Name">Its name, such as "g1/cuda:0:1".</param>
/// <param name="Device">Its device and the memory of that device; null if its silo has left the cluster.</param>
/// <param name="Tasks">What it trains now; empty while it waits.</param>
/// <param name="IterationsPerSecond">Its speed; null while unknown.</param>
/// <param name="Since">When it started its oldest running job; null if it trains none, or if that was before the window.</param>
/// <param name="Busy">The share of the window in which it was training, from 0 to 1.</param>
/// <param name="Bars">When it was training, oldest first.</param>
/// <param name="Faults">The number of attempts that failed or were lost within the window.</param>
public sealed record WorkerRow(string Name, string? Device, WorkerTask[] Tasks, double? IterationsPerSecond, DateTimeOffset? Since,
    double Busy, WorkerBar[] Bars, int Faults);

/// <summary>Derives what each worker does, and did in the last hour, from leases and from the sweeps' attempts.</summary>
internal static class WorkerActivity
{
    /// <summary>The time that the table looks back.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <summary>The shortest pause that a bar shows: a 720th of the window, about one pixel.</summary>
    private static readonly TimeSpan Pause = Window / 720;

    /// <summary>Returns the workers by name: those that train, and those that did within the window.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="sweeps">The sweeps.</param>
    /// <param name="now">The current time.</param>
    public static WorkerRow[] Of(ClusterStatus cluster, IReadOnlyList<SweepWork> sweeps, DateTimeOffset now)
    {
        var leases = cluster.Queues.Values.SelectMany(queue => queue.Leases)
            .Where(lease => sweeps.Any(work => work.Status.Summary.Id == lease.Sweep.Value)).ToLookup(lease => lease.Worker);
        var spans = sweeps.SelectMany(work => Spans(work, now)).ToLookup(span => span.Worker);
        return
        [
            .. leases.Select(lease => lease.Key).Concat(spans.Select(span => span.Key)).Distinct().Order(StringComparer.Ordinal)
                .Select(name =>
                {
                    var bars = Bars([.. spans[name].OrderBy(span => span.From)]);
                    var paces = sweeps.SelectMany(work => work.Status.Paces).Where(pace => pace.Worker == name).ToArray();
                    var open = spans[name].Where(span => span.Outcome is AttemptOutcome.Open).ToArray();
                    var tasks = Tasks(name, sweeps, [.. leases[name]]);
                    return new WorkerRow(name, Device(cluster, name), tasks,
                        tasks.Length == 0 || paces.Length == 0 ? null : paces.Sum(pace => pace.IterationsPerSecond),
                        open.Length == 0 || open.Any(span => span.IsOlder) ? null : open.Min(span => span.From),
                        Math.Min(1, bars.Sum(bar => (bar.To - bar.From) / Window)), bars, spans[name].Count(span => span.IsFault));
                }),
        ];
    }

    private static WorkerTask[] Tasks(string worker, IReadOnlyList<SweepWork> sweeps, LeaseStatus[] leases) =>
    [
        .. from work in sweeps
           let held = Array.FindAll(leases, lease => lease.Sweep.Value == work.Status.Summary.Id)
           let jobs = Array.FindAll(work.Status.Running, job => job.Worker == worker)
           where held.Length > 0 || jobs.Length > 0
           select new WorkerTask(work.Status.Summary, held.Length > 0 ? held[0].Pack : null, jobs),
    ];

    /// <summary>A silo's workers are named after it: "g1/cuda:0:1" belongs to "g1".</summary>
    private static string? Device(ClusterStatus cluster, string worker)
    {
        var silo = worker.LastIndexOf('/') is > 0 and var at ? worker[..at] : worker;
        if (Array.Find(cluster.Silos, one => one.Name == silo)?.Metadata is not { } declared) return null;
        string Value(string key) => declared.FirstOrDefault(pair => pair.Key.Split('.')[^1] == key).Value ?? "";
        var device = Value(SiloMetadataKeys.Device);
        return long.TryParse(Value(SiloMetadataKeys.MemoryMebibytes), CultureInfo.InvariantCulture, out var memory) && memory > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{device}, {memory / 1024.0:0.#} GiB") : device;
    }

    /// <summary>The attempts of a sweep within the window. Those that began before it are cut at its start.</summary>
    private static IEnumerable<Span> Spans(SweepWork work, DateTimeOffset now)
    {
        // A log that is full begins later than the window; what was before is not known.
        var start = work.Log.Length == AttemptEvent.MaxListed ? work.Log[0].Time : now - Window;
        var name = work.Status.Summary.Name;
        var begun = new Dictionary<(JobId, AttemptNumber), AttemptEvent>();
        foreach (var e in work.Log)
        {
            if (e.Outcome == AttemptOutcome.Open) begun[(e.Job, e.Attempt)] = e;
            else
            {
                begun.Remove((e.Job, e.Attempt), out var began);
                yield return new(e.Worker, began?.Time ?? start, e.Time, e.Outcome, e.Description, name, began is null);
            }
        }
        // A start without an end is open only while the sweep says that the job runs. It lists the first running jobs alone.
        foreach (var job in work.Status.Running.Where(job => job.Worker is not null))
        {
            var known = begun.Remove((job.Id, job.Attempt), out var began);
            yield return new(job.Worker!, known ? began!.Time : start, now, AttemptOutcome.Open, job.Description, name, !known);
        }
        if (work.Status.RunningJobs <= work.Status.Running.Length) yield break;
        foreach (var e in begun.Values) yield return new(e.Worker, e.Time, now, AttemptOutcome.Open, e.Description, name, IsOlder: false);
    }

    private static WorkerBar[] Bars(Span[] spans)
    {
        var bars = new List<List<Span>>();
        var end = DateTimeOffset.MinValue;
        foreach (var span in spans)
        {
            if (bars.Count > 0 && span.From - end < Pause) bars[^1].Add(span);
            else bars.Add([span]);
            if (span.To > end) end = span.To;
        }
        return [.. bars.Select(Bar)];
    }

    private static WorkerBar Bar(List<Span> spans)
    {
        var (from, to) = (spans[0].From, spans.Max(span => span.To));
        var what = spans.Count == 1 ? spans[0].Job : CountText.Of(spans.Count, "attempt");
        var outcomes = string.Join(", ", spans.CountBy(span => span.Outcome).OrderBy(pair => pair.Key)
            .Select(pair => $"{pair.Value} {(pair.Key == AttemptOutcome.Open ? "running" : AdaptClusterJson.Name(pair.Key))}"));
        var state = spans.Exists(span => span.IsFault) ? "bad"
            : spans.Exists(span => span.Outcome is AttemptOutcome.Open) ? "running" : "good";
        return new(from, to, $"{string.Join(", ", spans.Select(span => span.Sweep).Distinct())}: {what}, "
            + $"{(spans[0].IsOlder ? "before " : "")}{Clock(from)}–{Clock(to)} UTC: {outcomes}", state);
    }

    private static string Clock(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>An attempt. <c>IsOlder</c>: it began before the window, and <c>From</c> is the window's start.</summary>
    private sealed record Span(string Worker, DateTimeOffset From, DateTimeOffset To, AttemptOutcome Outcome, string Job, string Sweep,
        bool IsOlder)
    {
        public bool IsFault => Outcome is AttemptOutcome.Failed or AttemptOutcome.Lost or AttemptOutcome.Unfit;
    }
}
