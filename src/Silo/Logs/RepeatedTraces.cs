using System.Text.RegularExpressions;

namespace AdaptCluster.Silo.Logs;

/// <summary>
/// Finds recurring exceptions. The first one of a cause in a minute is written with its stack trace, and later ones are only counted, so
/// that a failure of every call, such as during a store outage, does not fill a disk. The cause is the type, place and message, ignoring
/// numbers in the message.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed partial class RepeatedTraces(TimeProvider time)
{
    /// <summary>How long later exceptions refer to a written trace.</summary>
    internal static readonly TimeSpan For = TimeSpan.FromMinutes(1);

    /// <summary>The maximum number of remembered causes. The oldest are forgotten, and written in full if they recur.</summary>
    internal const int MostCauses = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Cause> _causes = [];

    /// <summary>Counts an exception.</summary>
    /// <returns>When the same was written in full, and how often it was seen since; null if this one should be written in full.</returns>
    public (DateTimeOffset First, int Times)? Repeats(Exception error)
    {
        var (key, now) = (KeyOf(error), time.GetUtcNow());
        lock (_lock)
        {
            if (_causes.TryGetValue(key, out var cause) && time.GetElapsedTime(cause.Began) < For)
            {
                cause.Times++;
                return (cause.First, cause.Times);
            }
            if (_causes.Count >= MostCauses) Forget();
            _causes[key] = new Cause(now, time.GetTimestamp());
            return null;
        }
    }

    private void Forget()
    {
        foreach (var (key, cause) in _causes) if (time.GetElapsedTime(cause.Began) >= For) _causes.Remove(key);
        if (_causes.Count >= MostCauses) _causes.Remove(_causes.MinBy(pair => pair.Value.Began).Key);
    }

    /// <summary>
    /// Returns the key of a cause: the types from outermost to innermost, and the innermost message and place. Different wrappers are the
    /// same failure seen from other calls.
    /// </summary>
    private static string KeyOf(Exception error)
    {
        var types = error.GetType().FullName;
        var inner = error;
        // The depth is limited in case an exception contains itself.
        for (var depth = 0; inner.InnerException is { } next && depth < 16; depth++)
        {
            inner = next;
            types += $" {inner.GetType().FullName}";
        }
        var trace = inner.StackTrace ?? "";
        var place = trace.IndexOf('\n', StringComparison.Ordinal) is > 0 and var end ? trace[..end] : trace;
        return $"{types}\n{Changing().Replace(inner.Message, "#")}\n{place}";
    }

    /// <summary>Matches numbers, ids and addresses.</summary>
    [GeneratedRegex(@"[0-9A-Fa-f]*\d[0-9A-Fa-f]*", RegexOptions.NonBacktracking)]
    private static partial Regex Changing();

    private sealed class Cause(DateTimeOffset first, long began)
    {
        public DateTimeOffset First => first;

        public long Began => began;

        /// <summary>How often it was seen, including the first time.</summary>
        public int Times { get; set; } = 1;
    }
}
