using System.Globalization;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Web.Sweeps;

/// <summary>Formats the times of a sweep.</summary>
internal static class SweepTimes
{
    /// <summary>
    /// Returns the time from a sweep's submission to its end or, if it has not ended, until now, such as "12:03"; "-" if the end is
    /// unknown.
    /// </summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="now">The current time.</param>
    public static string Elapsed(SweepSummary sweep, DateTimeOffset now)
    {
        var end = sweep.State.HasEnded || sweep.State == SweepState.Interrupted ? sweep.Ended : now;
        return end is { } at && at >= sweep.Submitted ? CellText.Clock(at - sweep.Submitted) : "-";
    }

    /// <summary>Formats a time of day, with the date unless the date is today.</summary>
    /// <param name="at">The time.</param>
    /// <param name="now">The current time.</param>
    public static string At(DateTimeOffset at, DateTimeOffset now) => at.ToUniversalTime().ToString(
        at.UtcDateTime.Date == now.UtcDateTime.Date ? "HH:mm 'UTC'" : "yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
