using System.Diagnostics;

namespace AdaptCluster.Grains.Telemetry;

/// <summary>AdaptCluster's meter name and activity source. docs/operators/metrics.md lists all metrics and traces.</summary>
public static class ClusterTelemetry
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Name = "AdaptCluster";

    /// <summary>The source of all activities. It has no overhead without a listener.</summary>
    public static ActivitySource Activities { get; } = new(Name);

    /// <summary>
    /// Starts an activity as a child of the current one. Starts a new trace instead if the current activity is not recorded, because an
    /// unrecorded parent would be missing from the trace.
    /// </summary>
    /// <param name="name">The activity's name.</param>
    public static Activity? Begin(string name)
    {
        if (Activity.Current is { Recorded: false }) Activity.Current = null;
        return Activities.StartActivity(name);
    }
}

/// <summary>
/// The metric labels. Jobs, leases and attempts are not used as labels, because one time series for each would overwhelm metric storage.
/// Sweep ids label only gauges, which end with the sweep.
/// </summary>
public static class MetricLabels
{
    /// <summary>A queue's pool.</summary>
    public const string Pool = "pool";

    /// <summary>A sweep's id.</summary>
    public const string Sweep = "sweep";

    /// <summary>The state of jobs.</summary>
    public const string State = "state";

    /// <summary>The outcome of attempts.</summary>
    public const string Outcome = "outcome";

    /// <summary>A row of a sweep's table.</summary>
    public const string Arm = "arm";

    /// <summary>A data set's name.</summary>
    public const string Dataset = "dataset";

    /// <summary>A method's name.</summary>
    public const string Method = "method";

    /// <summary>The phase of a job: "train" or "evaluate".</summary>
    public const string Phase = "phase";

    /// <summary>The kind of device: "cpu" or "cuda".</summary>
    public const string Device = "device";
}
