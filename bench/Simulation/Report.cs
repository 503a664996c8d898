using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Simulation;

/// <summary>What happened on the virtual clock.</summary>
internal sealed class Report
{
    private readonly Dictionary<(SweepId, int), double> _reportsByHour = [];
    private readonly Dictionary<long, int> _leasesBySecond = [];
    private double _fairness;
    private long _fairnessSamples;

    public long Jobs { get; set; }
    public long Packs { get; set; }
    public TimeSpan Work { get; set; }
    public TimeSpan Ideal { get; set; }
    public TimeSpan LongestPack { get; set; }
    public TimeSpan Makespan { get; set; }
    public TimeSpan FirstEnd { get; set; }
    public TimeSpan Wasted { get; set; }
    public TimeSpan QueueTime { get; set; }
    public long Losses { get; set; }
    public long Leases { get; private set; }
    public long Epochs { get; private set; }
    public double Fairness => _fairness / Math.Max(1, _fairnessSamples);
    public int LeasesInBusiestSecond => _leasesBySecond.Values.Max();
    public double ReportsInBusiestHour => _reportsByHour.GroupBy(hour => hour.Key.Item2).Max(hour => hour.Sum(sweep => sweep.Value));
    public double ReportsInBusiestHourOfOneSweep => _reportsByHour.Values.Max();

    /// <summary>Counts a lease, and how evenly the leases are spread while every sweep has packs that wait.</summary>
    public void Count(TimeSpan time, int[] leasesBySweep, bool allWait)
    {
        Leases++;
        _leasesBySecond[(long)time.TotalSeconds] = _leasesBySecond.GetValueOrDefault((long)time.TotalSeconds) + 1;
        if (!allWait) return;
        var (sum, squares) = (leasesBySweep.Sum(n => (double)n), leasesBySweep.Sum(n => (double)n * n));
        _fairness += sum * sum / (leasesBySweep.Length * squares);
        _fairnessSamples++;
    }

    /// <summary>Spreads the epochs of a lease over the hours in which they end.</summary>
    public void AddEpochs(SweepId sweep, TimeSpan from, int epochs, double epochSeconds)
    {
        Epochs += epochs;
        var (first, last) = ((int)from.TotalHours, (int)(from.TotalSeconds + epochs * epochSeconds) / 3600);
        for (var hour = first; hour <= last; hour++)
        {
            var within = Math.Min((hour + 1) * 3600.0, from.TotalSeconds + epochs * epochSeconds) - Math.Max(
                hour * 3600.0, from.TotalSeconds);
            _reportsByHour[(sweep, hour)] = _reportsByHour.GetValueOrDefault((sweep, hour)) + within / epochSeconds;
        }
    }
}
