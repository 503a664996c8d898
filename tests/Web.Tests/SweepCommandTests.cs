using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Web.Sweeps;

namespace AdaptCluster.Web.Tests;

/// <summary>The command that submits a sweep once more.</summary>
public sealed class SweepCommandTests
{
    [Fact]
    public void It_writes_the_spec_and_submits_it_as_it_is_queued_but_to_the_pool_of_wherever_it_is_pasted()
    {
        var command = SweepCommand.Of("{\n  \"name\": \"tiny\"\n}\n", Status(priority: 2, parallel: 3, pool: "gpu"));

        Assert.Equal("""
            cat > tiny-01234567.json <<'SPEC'
            {
              "name": "tiny"
            }
            SPEC
            ./sweep submit tiny-01234567.json --priority 2 --parallel 3
            """.ReplaceLineEndings("\n"), command);
    }

    [Theory]
    [InlineData("{\nSPEC\nrm -rf /\n}")]
    [InlineData("{\r\nSPEC\r\nSPEC_\r\nrm -rf /\r\n}")]
    public void No_line_of_a_spec_ends_the_text_early(string spec)
    {
        var lines = SweepCommand.Of(spec, Status()).Split('\n');
        var end = lines[0][(lines[0].IndexOf('\'', StringComparison.Ordinal) + 1)..^1];

        Assert.Equal(lines.Length - 2, Array.IndexOf(lines, end));
    }

    [Fact]
    public void No_character_of_a_spec_controls_a_terminal() => Assert.DoesNotContain(
        SweepCommand.Of("{ \"name\": \"\u001b[201~\u0007\" }", Status()), c => char.IsControl(c) && c != '\n');

    private static SweepStatus Status(int priority = 0, int parallel = 0, string pool = "") => new()
    {
        Summary = new SweepSummary
        {
            Id = "tiny-01234567",
            Name = "tiny",
            State = SweepState.Completed,
            Submitted = DateTimeOffset.UnixEpoch,
            Jobs = new JobCounts { Total = 1, Completed = 1, Failed = 0, Cached = 0 },
        },
        Iterations = 1,
        IterationsDone = 1,
        Running = [],
        Failed = [],
        Priority = priority,
        Parallel = parallel,
        Pool = pool,
    };
}
