using System.Globalization;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Web.Sweeps;

/// <summary>Times of a sweep as people read them.</summary>
internal static class SweepTimes
{
    /// <summary>From submission to the end, or to now, such as "12:03"; "-" where nobody knows when it ended.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="now">The time.</param>
    public static string Elapsed(SweepSummary sweep, DateTimeOffset now)
    {
        var end = sweep.State.HasEnded || sweep.State == SweepState.Interrupted ? sweep.Ended : now;
        return end is { } at && at >= sweep.Submitted ? CellText.Clock(at - sweep.Submitted) : "-";
    }

    /// <summary>A time of the clock, with its day unless that is today's.</summary>
    /// <param name="at">The time.</param>
    /// <param name="now">Now.</param>
    public static string At(DateTimeOffset at, DateTimeOffset now) => at.ToUniversalTime().ToString(
        at.UtcDateTime.Date == now.UtcDateTime.Date ? "HH:mm 'UTC'" : "yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
