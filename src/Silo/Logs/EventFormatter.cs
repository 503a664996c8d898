using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace AdaptCluster.Silo.Logs;

/// <summary>The options of the log format.</summary>
internal sealed class EventFormatterOptions : ConsoleFormatterOptions
{
    /// <summary>Whether each line is a JSON object.</summary>
    public bool IsJson { get; set; }
}

/// <summary>
/// Writes each event as one line, as text or JSON, with the ids of its request and grain call. The stack trace of a recurring failure is
/// written at most once a minute (<see cref="RepeatedTraces"/>).
/// </summary>
internal sealed class EventFormatter(IOptions<EventFormatterOptions> options, TimeProvider time) : ConsoleFormatter(FormatterName)
{
    /// <summary>The formatter's name in the console's options.</summary>
    public const string FormatterName = "adaptcluster";

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", Original = "{OriginalFormat}";

    /// <summary>The names of the scope values that are written. Other scope values come from frameworks and are not useful.</summary>
    private static readonly string[] Ids = ["request", "call"];

    private static readonly JsonWriterOptions Written = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly RepeatedTraces _traces = new(time);

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = logEntry.Formatter?.Invoke(logEntry.State, logEntry.Exception);
        if (message is null && logEntry.Exception is null) return;
        var line = new Line(time.GetUtcNow().UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture), logEntry.LogLevel,
            logEntry.Category, logEntry.EventId.Id, message ?? "", logEntry.State as IReadOnlyList<KeyValuePair<string, object?>> ?? [],
            IdsOf(scopeProvider), logEntry.Exception, logEntry.Exception is { } error ? _traces.Repeats(error) : null);
        textWriter.Write(options.Value.IsJson ? Json(line) : Text(line));
        textWriter.Write(Environment.NewLine);
    }

    /// <summary>Formats a line that is not an event, such as a silo's startup message, as JSON.</summary>
    public static string Json(string message, TimeProvider time) => Json(new Line(
        time.GetUtcNow().UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture), LogLevel.Information, "AdaptCluster.Silo", 0,
        message, [], [], null, null));

    private static List<KeyValuePair<string, string>> IdsOf(IExternalScopeProvider? scopes)
    {
        var found = new List<KeyValuePair<string, string>>();
        scopes?.ForEachScope(static (scope, found) =>
        {
            if (scope is not IEnumerable<KeyValuePair<string, object?>> values) return;
            foreach (var (name, value) in values)
            {
                if (!Ids.Contains(name) || value is null) continue;
                // The innermost value wins.
                found.RemoveAll(id => id.Key == name);
                found.Add(new(name, $"{value}"));
            }
        }, found);
        return found;
    }

    private static string Text(Line line)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{line.Time} {Short(line.Level)}: {line.Category}[{line.EventId}] {line.Message}");
        if (line.Error is { } error)
            text.Append(' ').Append(line.Repeats is var (first, times) ? $"{Brief(error)} (same as at {At(first)}, seen {times} times)"
                : $"{error}");
        foreach (var (name, value) in line.Ids) text.Append(CultureInfo.InvariantCulture, $" [{name} {value}]");
        // As in the console's single-line format, each event is one line that begins with its time.
        return text.Replace("\r\n", " ").Replace('\n', ' ').Replace('\r', ' ').ToString();
    }

    private static string Json(Line line)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Written))
        {
            json.WriteStartObject();
            json.WriteString("time", line.Time);
            json.WriteString("level", Short(line.Level));
            json.WriteString("category", line.Category);
            json.WriteNumber("event", line.EventId);
            json.WriteString("message", line.Message);
            foreach (var (name, value) in line.Ids) json.WriteString(name, value);
            WriteFields(json, line.Fields);
            if (line.Error is { } error) WriteError(json, error, line.Repeats);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteFields(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> fields)
    {
        var names = new HashSet<string> { Original };
        if (fields.All(field => field.Key == Original)) return;
        json.WriteStartObject("fields");
        foreach (var (name, value) in fields)
        {
            if (!names.Add(name)) continue;
            switch (value)
            {
                case null: json.WriteNull(name); break;
                case bool flag: json.WriteBoolean(name, flag); break;
                case int or long or short or byte: json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture)); break;
                case double number when double.IsFinite(number): json.WriteNumber(name, number); break;
                default: json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture)); break;
            }
        }
        json.WriteEndObject();
    }

    private static void WriteError(Utf8JsonWriter json, Exception error, (DateTimeOffset First, int Times)? repeats)
    {
        json.WriteStartObject("exception");
        json.WriteString("type", error.GetType().FullName);
        json.WriteString("message", error.Message);
        if (repeats is var (first, times))
        {
            json.WriteString("sameAs", At(first));
            json.WriteNumber("seen", times);
        }
        else json.WriteString("trace", error.ToString());
        json.WriteEndObject();
    }

    private static string Brief(Exception error) => $"{error.GetType().FullName}: {error.Message}";

    private static string At(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static string Short(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        LogLevel.Critical => "crit",
        _ => "none",
    };

    private sealed record Line(string Time, LogLevel Level, string Category, int EventId, string Message,
        IReadOnlyList<KeyValuePair<string, object?>> Fields, IReadOnlyList<KeyValuePair<string, string>> Ids, Exception? Error,
        (DateTimeOffset First, int Times)? Repeats);
}
