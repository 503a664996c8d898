using System.Diagnostics;

namespace AdaptCluster.Grains.Telemetry;

/// <summary>The names under which AdaptCluster measures and traces itself. docs/metrics.md lists all of them.</summary>
public static class ClusterTelemetry
{
    /// <summary>The name of the meter and of the source of activities.</summary>
    public const string Name = "AdaptCluster";

    /// <summary>The source of all activities; it costs nothing while nobody listens.</summary>
    public static ActivitySource Activities { get; } = new(Name);

    /// <summary>
    /// Begins an activity under the present one, or a trace where that one is not recorded: nobody would ever see its parent.
    /// </summary>
    /// <param name="name">The activity's name.</param>
    public static Activity? Begin(string name)
    {
        if (Activity.Current is { Recorded: false }) Activity.Current = null;
        return Activities.StartActivity(name);
    }
}

/// <summary>
/// The labels of the metrics. None is the id of a job, a lease or an attempt: a time series for each of these would bury whoever stores
/// them. The id of a sweep is a label of gauges alone, which end with the sweep.
/// </summary>
public static class MetricLabels
{
    /// <summary>A queue's pool.</summary>
    public const string Pool = "pool";

    /// <summary>A sweep's id.</summary>
    public const string Sweep = "sweep";

    /// <summary>Where jobs stand.</summary>
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
