using System.Text.Json.Nodes;
using AdaptCluster.Silo.Logs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AdaptCluster.Silo.Tests.Logs;

/// <summary>What a silo's log looks like, line by line.</summary>
public sealed partial class EventFormatterTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 28, 21, 0, 0, TimeSpan.Zero));
    private readonly LoggerExternalScopeProvider _scopes = new();

    [Fact]
    public void Text_has_one_line_for_each_event_with_the_ids_of_its_request_and_call()
    {
        using var request = _scopes.Push(new KeyValuePair<string, object?>[] { new("request", "r1"), new("RequestPath", "/sweeps/x") });
        using var call = _scopes.Push(new KeyValuePair<string, object?>[] { new("call", "c1") });

        var line = Write(json: false, "two\nlines", Thrown("boom\nagain"));

        Assert.StartsWith("2026-11-28T21:00:00.000Z fail: A.Category[7] two lines System.InvalidOperationException: boom again ", line,
            StringComparison.Ordinal);
        Assert.EndsWith("[request r1] [call c1]\n", line, StringComparison.Ordinal);
        Assert.Equal(1, line.Count(c => c == '\n'));
    }

    [Fact]
    public void JSON_has_one_object_for_each_event_with_its_values_by_name()
    {
        using var call = _scopes.Push(new KeyValuePair<string, object?>[] { new("call", "c1") });

        var line = Write(json: true, "a\n\"b\"\u2028\u001b[31m", Thrown("boom"));

        Assert.Equal(1, line.Count(c => c == '\n'));
        Assert.DoesNotContain('\u001b', line);
        var json = JsonNode.Parse(line)!;
        Assert.Equal("2026-11-28T21:00:00.000Z fail A.Category 7 c1",
            $"{json["time"]} {json["level"]} {json["category"]} {json["event"]} {json["call"]}");
        Assert.Equal(("a\n\"b\"\u2028\u001b[31m", 3L, "pool"),
            ((string?)json["message"], (long)json["fields"]!["Count"]!, (string?)json["fields"]!["Pool"]));
        Assert.Equal("System.InvalidOperationException", (string?)json["exception"]!["type"]);
        Assert.Contains(nameof(Throw), (string?)json["exception"]!["trace"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_stack_trace_is_written_once_a_minute_for_a_cause_and_later_ones_say_how_often_it_was_seen()
    {
        var formatter = Formatter(json: false);
        string Next(string message) => Write(formatter, "away", Thrown(message));

        Assert.Contains(nameof(Throw), Next("no answer from 10.0.0.1:5432"), StringComparison.Ordinal);
        var second = Next("no answer from 10.0.0.27:5432");
        Assert.DoesNotContain(nameof(Throw), second, StringComparison.Ordinal);
        Assert.Contains("no answer from 10.0.0.27:5432 (same as at 2026-11-28T21:00:00.000Z, seen 2 times)", second,
            StringComparison.Ordinal);
        Assert.Contains("seen 3 times", Next("no answer from 10.0.0.1:5432"), StringComparison.Ordinal);
        // Another cause has its own trace, and so has the same one a minute later.
        Assert.Contains(nameof(Throw), Next("no such table"), StringComparison.Ordinal);
        _time.Advance(RepeatedTraces.For);
        Assert.Contains(nameof(Throw), Next("no answer from 10.0.0.1:5432"), StringComparison.Ordinal);
    }

    [Fact]
    public void Exceptions_with_words_that_are_always_others_take_no_memory_without_end()
    {
        var traces = new RepeatedTraces(_time);
        for (var i = 0; i < 10 * RepeatedTraces.MostCauses; i++)
            Assert.Null(traces.Repeats(new InvalidOperationException(new string('x', 1 + i))));

        Assert.NotNull(traces.Repeats(new InvalidOperationException(new string('x', 10 * RepeatedTraces.MostCauses))));
        Assert.Null(traces.Repeats(new InvalidOperationException("x")));
    }

    private EventFormatter Formatter(bool json) => new(Options.Create(new EventFormatterOptions { IsJson = json }), _time);

    private string Write(bool json, string message, Exception error) => Write(Formatter(json), message, error);

    private string Write(EventFormatter formatter, string message, Exception error)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        KeyValuePair<string, object?>[] state = [new("Count", 3), new("Pool", "pool"), new("{OriginalFormat}", "{Count} {Pool}")];
        formatter.Write(new LogEntry<IReadOnlyList<KeyValuePair<string, object?>>>(
            LogLevel.Error, "A.Category", new EventId(7), state, error, (_, _) => message), _scopes, writer);
        return writer.ToString();
    }

    private static Exception Thrown(string message) => Record.Exception(() => Throw(message))!;

    private static void Throw(string message) => throw new InvalidOperationException(message);
}
