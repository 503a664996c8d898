using System.Diagnostics;

namespace AdaptCluster.Grains.Telemetry;

/// <summary>The names of AdaptCluster's metrics and traces. docs/operators/metrics.md lists all of them.</summary>
public static class ClusterTelemetry
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Name = "AdaptCluster";

    /// <summary>The source of all activities; it costs nothing without a listener.</summary>
    public static ActivitySource Activities { get; } = new(Name);

    /// <summary>
    /// Starts an activity under the current one, or a new trace if the current one is not recorded, since its parent would never be
    /// visible.
    /// </summary>
    /// <param name="name">The activity's name.</param>
    public static Activity? Begin(string name)
    {
        if (Activity.Current is { Recorded: false }) Activity.Current = null;
        return Activities.StartActivity(name);
    }
}

/// <summary>
/// The labels of the metrics. None is the id of a job, lease or attempt: a time series for each would overwhelm metric storage. Sweep ids
/// label only gauges, which end with the sweep.
/// </summary>
public static class MetricLabels
{
    /// <summary>A queue's pool.</summary>
    public const string Pool = "pool";

    /// <summary>A sweep's id.</summary>
    public const string Sweep = "sweep";

    /// <summary>The state of jobs.</summary>
    public const string State = "state";

    /// <summary>How attempts ended.</summary>
    public const string Outcome = "outcome";

    /// <summary>A row of a sweep's table.</summary>
    public const string Arm = "arm";

    /// <summary>A data set's name.</summary>
    public const string Dataset = "dataset";

    /// <summary>A method's name.</summary>
    public const string Method = "method";

    /// <summary>"train" or "evaluate".</summary>
    public const string Phase = "phase";

    /// <summary>"cpu" or "cuda".</summary>
    public const string Device = "device";
}
