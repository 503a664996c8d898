using System.Text.RegularExpressions;

namespace AdaptCluster.Silo.Logs;

/// <summary>
/// Detects recurring exceptions. The first exception with a given cause in a minute is logged with its stack trace, and later exceptions
/// are only counted, so that a store outage in which every call fails does not fill the disk. A cause consists of the exception type,
/// location and message, ignoring numbers in the message.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed partial class RepeatedTraces(TimeProvider time)
{
    /// <summary>The period in which later exceptions refer to a logged stack trace instead of repeating it.</summary>
    internal static readonly TimeSpan For = TimeSpan.FromMinutes(1);

    /// <summary>The maximum number of causes to remember. The oldest causes are forgotten, and are logged in full if they recur.</summary>
    internal const int MostCauses = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Cause> _causes = [];

    /// <summary>Counts an exception.</summary>
    /// <returns> The time at which an exception with the same cause was logged in full, and the number of such exceptions so far, including
    /// the first; null if this exception should be logged in full. </returns>
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
    /// Returns the key that identifies an exception's cause: the types from the outermost to the innermost exception, and the innermost
    /// message and location. The messages and locations of outer exceptions are ignored, because they vary with the call.
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

        /// <summary>The number of times the cause has been seen, including the first.</summary>
        public int Times { get; set; } = 1;
    }
}
