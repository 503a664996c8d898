using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>Formats entries of the audit log for display.</summary>
public static class AuditText
{
    /// <summary>
    /// Formats an entry as one line, such as "2026-11-28T21:10:11.000Z  cancel  done  tiny-0123456  ada@lab.example (single sign-on)".
    /// </summary>
    public static string Line(AuditEntry entry)
    {
        var time = entry.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var detail = entry.Detail is { } text ? $": {PrintableText.OneLine(text)}" : "";
        return $"{time}  {AdaptClusterJson.Name(entry.Action),-6}  {AdaptClusterJson.Name(entry.Outcome),-9}  {entry.Sweep ?? "no sweep"}  "
            + $"{PrintableText.OneLine(entry.Name ?? "unknown")} ({Way(entry.Way)}){detail}";
    }

    /// <summary>Describes how a caller reached the cluster.</summary>
    public static string Way(CallerWay way) => way switch
    {
        CallerWay.Gateway => "gateway, self-reported",
        CallerWay.Embedded => "this machine",
        CallerWay.Page => "page without a login",
        CallerWay.Cookie => "page",
        CallerWay.Token => "bearer token",
        CallerWay.Oidc => "single sign-on",
        CallerWay.Retention => "the silo's settings",
        _ => "unknown client",
    };
}
