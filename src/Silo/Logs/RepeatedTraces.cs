using System.Text.RegularExpressions;

namespace AdaptCluster.Silo.Logs;

/// <summary>
/// Tells the first exception of a cause in a minute, which is written with its stack trace, from the later ones, which are counted: what
/// fails at every call, such as a store that is away, must not fill a disk. A cause is what was thrown where, whatever the numbers in its
/// words.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed partial class RepeatedTraces(TimeProvider time)
{
    /// <summary>How long a trace stands for those that follow.</summary>
    internal static readonly TimeSpan For = TimeSpan.FromMinutes(1);

    /// <summary>More causes at a time are not told apart: the oldest are forgotten, and written in full when they come again.</summary>
    internal const int MostCauses = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Cause> _causes = [];

    /// <summary>Counts an exception.</summary>
    /// <returns>When the same was written in full, and how often it was seen since; null for one to be written in full now.</returns>
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
    /// The types from outside to inside, and the innermost one's words and place. What wraps it is the same failure seen from other calls.
    /// </summary>
    private static string KeyOf(Exception error)
    {
        var types = error.GetType().FullName;
        var inner = error;
        // An exception that holds itself would keep this going for ever.
        for (var depth = 0; inner.InnerException is { } next && depth < 16; depth++)
        {
            inner = next;
            types += $" {inner.GetType().FullName}";
        }
        var trace = inner.StackTrace ?? "";
        var place = trace.IndexOf('\n', StringComparison.Ordinal) is > 0 and var end ? trace[..end] : trace;
        return $"{types}\n{Changing().Replace(inner.Message, "#")}\n{place}";
    }

    /// <summary>Numbers, ids and addresses.</summary>
    [GeneratedRegex(@"[0-9A-Fa-f]*\d[0-9A-Fa-f]*", RegexOptions.NonBacktracking)]
    private static partial Regex Changing();

    private sealed class Cause(DateTimeOffset first, long began)
    {
        public DateTimeOffset First => first;

        public long Began => began;

        /// <summary>How often it was seen, the first time included.</summary>
        public int Times { get; set; } = 1;
    }
}
