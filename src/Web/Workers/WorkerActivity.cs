using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Web.Workers;

/// <summary>The data that the worker table needs about a sweep.</summary>
/// <param name="Status">The sweep's status.</param>
/// <param name="Log">The starts and ends of the sweep's attempts within <see cref="WorkerActivity.Window"/>, oldest first.</param>
internal sealed record SweepWork(SweepStatus Status, AttemptEvent[] Log);

/// <summary>A period in which a worker was training without a visible pause.</summary>
/// <param name="From">The start of the period.</param>
/// <param name="To">The end of the period.</param>
/// <param name="Text">A description of the attempts, with times and outcomes.</param>
/// <param name="State">"running" during training, "bad" for attempts that failed or were lost, otherwise "good".</param>
public sealed record WorkerBar(DateTimeOffset From, DateTimeOffset To, string Text, string State);

/// <summary>A worker's current work for one sweep.</summary>
/// <param name="Sweep">The sweep.</param>
/// <param name="Pack">The number of the leased pack; null if the queue reports no pack.</param>
/// <param name="Jobs">The worker's running jobs, if the sweep's status lists them.</param>
public sealed record WorkerTask(SweepSummary Sweep, PackNumber? Pack, JobStatus[] Jobs);

/// <summary>A row of the worker table.</summary>
/// <param name="Name">The worker's name, such as "g1/cuda:0:1".</param>
/// <param name="Device">The worker's device and the device's memory; null if the worker's silo has left the cluster.</param>
/// <param name="Tasks">The worker's current tasks; empty while the worker is idle.</param>
/// <param name="IterationsPerSecond">The worker's speed; null if it is unknown.</param>
/// <param name="Since">
/// The start time of the worker's oldest running job; null if no job is running or the job started before the window.
/// </param>
/// <param name="Busy">The share of the window in which the worker was training, from 0 to 1.</param>
/// <param name="Bars">The periods in which the worker was training, oldest first, and then those of failed or lost attempts.</param>
/// <param name="Faults">The number of attempts that failed or were lost within the window.</param>
public sealed record WorkerRow(string Name, string? Device, WorkerTask[] Tasks, double? IterationsPerSecond, DateTimeOffset? Since,
    double Busy, WorkerBar[] Bars, int Faults);

/// <summary>Derives each worker's activity, now and in the last hour, from leases and the sweeps' attempts.</summary>
internal static class WorkerActivity
{
    /// <summary>The length of the period that the table covers, which ends now.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <summary>The shortest pause that separates two bars: a 720th of the window, about one pixel.</summary>
    private static readonly TimeSpan Pause = Window / 720;

    /// <summary>Returns the workers that are training now or were training within the window, sorted by name.</summary>
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
                    // Failed attempts have bars of their own, so that a short one does not colour the training around it. They are
                    // drawn last, above the other bars.
                    var ordered = spans[name].OrderBy(span => span.From).ToArray();
                    var bars = ordered.ToLookup(span => span.IsFault);
                    var paces = sweeps.SelectMany(work => work.Status.Paces).Where(pace => pace.Worker == name).ToArray();
                    var open = spans[name].Where(span => span.Outcome is AttemptOutcome.Open).ToArray();
                    var tasks = Tasks(name, sweeps, [.. leases[name]]);
                    return new WorkerRow(name, Device(cluster, name), tasks,
                        tasks.Length == 0 || paces.Length == 0 ? null : paces.Sum(pace => pace.IterationsPerSecond),
                        open.Length == 0 || open.Any(span => span.IsOlder) ? null : open.Min(span => span.From),
                        Math.Min(1, Bars(ordered).Sum(bar => (bar.To - bar.From) / Window)), [.. Bars(bars[false]), .. Bars(bars[true])],
                        bars[true].Count());
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

    /// <summary>
    /// Returns a worker's device and the device's memory; null if the worker's silo has left the cluster. A worker's name begins with the
    /// silo's name: "g1/cuda:0:1" belongs to "g1".
    /// </summary>
    private static string? Device(ClusterStatus cluster, string worker)
    {
        var silo = worker.LastIndexOf('/') is > 0 and var at ? worker[..at] : worker;
        if (Array.Find(cluster.Silos, one => one.Name == silo)?.Metadata is not { } declared) return null;
        string Value(string key) => declared.FirstOrDefault(pair => pair.Key.Split('.')[^1] == key).Value ?? "";
        var device = Value(SiloMetadataKeys.Device);
        return long.TryParse(Value(SiloMetadataKeys.MemoryMebibytes), CultureInfo.InvariantCulture, out var memory) && memory > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{device}, {memory / 1024.0:0.#} GiB") : device;
    }

    /// <summary>
    /// Returns a sweep's attempts within the window. An attempt that started earlier is cut off at the start of the window.
    /// </summary>
    private static IEnumerable<Span> Spans(SweepWork work, DateTimeOffset now)
    {
        // A full log may begin later than the window. Earlier events are unknown.
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
        // An attempt without an end is open only while the sweep reports its job as running. The sweep lists only the first running jobs.
        foreach (var job in work.Status.Running.Where(job => job.Worker is not null))
        {
            var known = begun.Remove((job.Id, job.Attempt), out var began);
            yield return new(job.Worker!, known ? began!.Time : start, now, AttemptOutcome.Open, job.Description, name, !known);
        }
        if (work.Status.RunningJobs <= work.Status.Running.Length) yield break;
        foreach (var e in begun.Values) yield return new(e.Worker, e.Time, now, AttemptOutcome.Open, e.Description, name, IsOlder: false);
    }

    private static WorkerBar[] Bars(IEnumerable<Span> spans)
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

    /// <summary>
    /// An attempt within the window. If <c>IsOlder</c> is true, the attempt started before the window, and <c>From</c> is the start of the
    /// window.
    /// </summary>
    private sealed record Span(string Worker, DateTimeOffset From, DateTimeOffset To, AttemptOutcome Outcome, string Job, string Sweep,
        bool IsOlder)
    {
        public bool IsFault => Outcome is AttemptOutcome.Failed or AttemptOutcome.Lost or AttemptOutcome.Unfit;
    }
}
