using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Lifecycle;

namespace AdaptCluster.Sweeps.Tests.Lifecycle;

/// <summary>
/// What a user may do with a sweep in each of its states: the state that it goes to, "-" where nothing is done, "refused" with what to do
/// instead.
/// </summary>
public sealed class SweepLifecycleTests
{
    private const string Table = """
        state       | submit  | pause   | resume  | cancel     | retry   | set
        running     | running | paused  | running | cancelling | running | running
        paused      | running | paused  | running | cancelling | running | paused
        interrupted | running | refused | running | cancelling | running | interrupted
        cancelling  | refused | refused | refused | cancelling | refused | cancelling
        cancelled   | running | refused | running | -          | running | cancelled
        failed      | running | refused | refused | -          | running | failed
        completed   | -       | refused | refused | -          | running | completed
        """;

    public static IEnumerable<TheoryDataRow<string, string, string>> Cells()
    {
        var lines = Table.ReplaceLineEndings("\n").Split('\n').Select(line => line.Split('|', StringSplitOptions.TrimEntries)).ToArray();
        return lines.Skip(1).SelectMany(line =>
            lines[0].Skip(1).Zip(line.Skip(1), (action, expected) => new TheoryDataRow<string, string, string>(line[0], action, expected)));
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Every_state_answers_every_action(string state, string action, string expected)
    {
        var move = SweepLifecycle.Of(Parse<SweepState>(state), Parse<SweepAction>(action));

        Assert.Equal(expected, move.Refusal is not null ? "refused" : move.To is { } to ? AdaptClusterJson.Name(to) : "-");
        if (move.Refusal is not { } why) return;
        Assert.Null(move.To);
        Assert.Matches($"^sweep [{{]0[}}] is {state} and cannot be ", why);
        Assert.Matches("'sweep (status|retry) [{]0[}]'.*[.]$", why);
    }

    [Fact]
    public void The_table_has_every_state_and_every_action() =>
        Assert.Equal(Enum.GetValues<SweepState>().Length * Enum.GetValues<SweepAction>().Length,
            Cells().DistinctBy(cell => (cell.Data.Item1, cell.Data.Item2)).Count());

    private static T Parse<T>(string name) where T : struct, Enum => Enum.Parse<T>(name, ignoreCase: true);
}
