using System.Diagnostics;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Queue;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Simulation;

/// <summary>
/// Workers that take packs from a <see cref="LeaseBook"/>, run them for their length and are lost at random; time jumps from event to
/// event.
/// </summary>
internal sealed class VirtualCluster(int workers, double lossesPerHour, int seed)
{
    private static readonly TimeSpan Start = TimeSpan.Zero;
    private static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(60), ReplacedAfter = TimeSpan.FromMinutes(5),
        IdleDelay = TimeSpan.FromSeconds(2);

    private static readonly Asker Worker = new("silo", "worker", WorkerOffer.BeforeOffers);

    private readonly LeaseBook _book = new(new LeaseTimes(TimeSpan.MaxValue, TimeSpan.MaxValue, TimeSpan.MaxValue));
    private readonly Random _random = new(seed);
    private readonly PriorityQueue<Event, TimeSpan> _events = new();
    private readonly Dictionary<(SweepId, PackNumber), PackState> _packs = [];
    private readonly Dictionary<SweepId, SweepState> _sweeps = [];
    private readonly Report _report = new();
    private long _inQueue;

    private enum EventKind { Ask, Finish, Lose, Expire }

    private readonly record struct Event(EventKind Kind, LeaseId Lease, SweepId Sweep, PackNumber Pack, TimeSpan Began, TimeSpan LostAt);

    /// <summary>Offers the packs of a plan, as a sweep's grain does.</summary>
    public void Submit(SweepPlan plan)
    {
        var id = JobIdentity.Of(plan);
        var offers = new Dictionary<PackNumber, long>();
        foreach (var position in plan.Positions)
        {
            var (pack, group) = (plan.Pack(position), plan.Group(position));
            offers[pack] = offers.GetValueOrDefault(pack) + group.Iterations;
            if (!_packs.TryGetValue((id, pack), out var state))
                _packs.Add((id, pack), state = new PackState
                {
                    EpochSeconds = (double)group.Iterations / group.Definition.Train!.Epochs * Workload.SecondsPerIteration(
                        plan.Datasets[group.Dataset]),
                });
            state.Epochs += group.Definition.Train!.Epochs;
            state.Iterations += group.Iterations;
        }
        _sweeps.Add(id, new SweepState { Packs = offers.Count });
        _book.Offer(new SweepShare(id, 0, 0, _sweeps.Count, false), offers.Select(offer => new PackOffer(offer.Key, offer.Value)), Start);
        _report.Jobs += plan.JobCount;
        _report.Packs += offers.Count;
    }

    /// <summary>Runs to the end of the last sweep.</summary>
    public Report Run()
    {
        _report.Work = TimeSpan.FromSeconds(_packs.Values.Sum(pack => pack.Epochs * pack.EpochSeconds));
        _report.LongestPack = TimeSpan.FromSeconds(_packs.Values.Max(pack => pack.Epochs * pack.EpochSeconds));
        _report.Ideal = _report.Work / workers;
        for (var i = 0; i < workers; i++) _events.Enqueue(Ask(NextLoss(Start)), Start);
        var left = _packs.Count;
        while (left > 0 && _events.TryDequeue(out var happened, out var now))
        {
            switch (happened.Kind)
            {
                case EventKind.Ask: Begin(happened.LostAt, now); break;
                case EventKind.Finish:
                    End(happened, requeue: false, now);
                    Progress(happened, now);
                    left--;
                    if (--_sweeps[happened.Sweep].Packs == 0 && _report.FirstEnd == default) _report.FirstEnd = now - Start;
                    _report.Makespan = now - Start;
                    _events.Enqueue(Ask(happened.LostAt), now);
                    break;
                case EventKind.Lose:
                    _report.Losses++;
                    if (happened.Lease != default)
                    {
                        Progress(happened, now);
                        // The last renewal was within the two seconds before.
                        _events.Enqueue(happened with { Kind = EventKind.Expire },
                            now + LeaseDuration - TimeSpan.FromSeconds(2 * _random.NextDouble()));
                    }
                    _events.Enqueue(Ask(NextLoss(now + ReplacedAfter)), now + ReplacedAfter);
                    break;
                case EventKind.Expire: End(happened, requeue: true, now); break;
            }
        }
        _report.QueueTime = Stopwatch.GetElapsedTime(0, _inQueue);
        return _report;
    }

    private void Begin(TimeSpan lostAt, TimeSpan now)
    {
        var asked = Stopwatch.GetTimestamp();
        var lease = _book.Lease(LeaseId.New(), Worker, now);
        _inQueue += Stopwatch.GetTimestamp() - asked;
        if (lease is null)
        {
            var later = now + IdleDelay;
            if (lostAt < later) _events.Enqueue(new Event(EventKind.Lose, default, default, default, now, lostAt), lostAt);
            else _events.Enqueue(Ask(lostAt), later);
            return;
        }
        _report.Count(now - Start, _sweeps.Keys.Select(sweep => _book.PacksOf(sweep)?.Leased ?? 0).ToArray(),
            _sweeps.Values.All(sweep => sweep.Packs > workers));
        var pack = _packs[(lease.Sweep.Share.Sweep, lease.Pack.Number)];
        var ends = now + TimeSpan.FromSeconds((pack.Epochs - pack.Done) * pack.EpochSeconds);
        var happens = new Event(lostAt < ends ? EventKind.Lose : EventKind.Finish, lease.Id, lease.Sweep.Share.Sweep,
            lease.Pack.Number, now, lostAt);
        _events.Enqueue(happens, lostAt < ends ? lostAt : ends);
    }

    private void End(Event ended, bool requeue, TimeSpan now)
    {
        var asked = Stopwatch.GetTimestamp();
        _book.End(ended.Lease);
        _book.Confirm(ended.Lease, requeue ? new PackOffer(ended.Pack, _packs[(ended.Sweep, ended.Pack)].Iterations) : null, now);
        _inQueue += Stopwatch.GetTimestamp() - asked;
    }

    /// <summary>Epochs that were reported are kept, the one in hand is lost.</summary>
    private void Progress(Event ended, TimeSpan now)
    {
        var pack = _packs[(ended.Sweep, ended.Pack)];
        var seconds = (now - ended.Began).TotalSeconds;
        var epochs = ended.Kind == EventKind.Finish ? pack.Epochs - pack.Done : (int)(seconds / pack.EpochSeconds);
        _report.AddEpochs(ended.Sweep, ended.Began - Start, epochs, pack.EpochSeconds);
        pack.Done += epochs;
        if (ended.Kind == EventKind.Lose) _report.Wasted += TimeSpan.FromSeconds(seconds - epochs * pack.EpochSeconds);
    }

    private static Event Ask(TimeSpan lostAt) => new(EventKind.Ask, default, default, default, default, lostAt);

    private TimeSpan NextLoss(TimeSpan from) =>
        lossesPerHour <= 0 ? TimeSpan.MaxValue : from + TimeSpan.FromHours(-Math.Log(1 - _random.NextDouble()) / lossesPerHour);

    private sealed class PackState
    {
        public int Epochs { get; set; }
        public long Iterations { get; set; }
        public int Done { get; set; }
        public required double EpochSeconds { get; init; }
    }

    private sealed class SweepState
    {
        public required int Packs { get; set; }
    }
}
