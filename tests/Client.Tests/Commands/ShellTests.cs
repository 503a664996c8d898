using System.CommandLine;
using AdaptCluster.Client.Commands;
using AdaptCluster.Local;

namespace AdaptCluster.Client.Tests.Commands;

public sealed class ShellTests(EndedSweep sweep)
{
    [Theory]
    [InlineData("sweep res", "results resume")]
    [InlineData("sweep results latest --format ", "csv json latex md text")]
    [InlineData("sweep plot latest --kind t", "t-target table")]
    [InlineData("sweep results latest --com", "--compare")]
    [InlineData("sweep submit ", "")]
    [InlineData("sweep status la", "latest")]
    public async Task Bash_completes_commands_options_and_values(string line, string expected)
    {
        using var home = new TemporaryHome();
        home.Environment["PATH"] = $"{Path.GetDirectoryName(SweepProcess.Program)}:{Environment.GetEnvironmentVariable("PATH")}";
        home.Write("ask.sh", """
            source <(sweep completion bash)
            COMP_LINE=$1; COMP_POINT=${#1}; read -ra COMP_WORDS <<< "$1"
            [[ $1 == *' ' ]] && COMP_WORDS+=("")
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _sweep
            echo "${COMPREPLY[*]}"
            """);

        using var bash = SweepProcess.Start(home, "bash", ["ask.sh", line]);

        Assert.Equal(expected, (await bash.EndAsync()).Output);
    }

    [Fact]
    public async Task Ids_of_the_homes_sweeps_and_of_a_sweeps_jobs_are_completed()
    {
        var id = (string)(await sweep.SubmittedAsync()).Json["sweep"]!;
        var jobs = (await sweep.RunAsync("results", "latest", "--runs", "--json")).Json["runs"]!.AsArray()
            .Select(run => (string)run!["run"]!["job"]!).ToArray();

        Assert.Equal(id, await AskAsync("sweep status sm"));
        Assert.Equal(jobs.Where(job => job.StartsWith(jobs[3][..1], StringComparison.Ordinal)),
            (await AskAsync($"sweep explain latest --job {jobs[3][..1]}")).Split('\n'));
        Assert.Equal("", await AskAsync("sweep status nothing"));

        async Task<string> AskAsync(string line) => (await sweep.RunAsync($"[suggest:{line.Length}]", line)).Output;
    }

    [Theory]
    [InlineData("sweep res", "results\nresume")]
    [InlineData("sweep plot latest --kind t", "t-target\ntable")]
    public async Task Fish_completes_commands_and_values(string line, string expected)
    {
        Assert.SkipWhen(Programs.Find("fish") is null, "There is no 'fish' on the path; Debian's package of that name has it.");
        using var home = new TemporaryHome();
        home.Environment["PATH"] = $"{Path.GetDirectoryName(SweepProcess.Program)}:{Environment.GetEnvironmentVariable("PATH")}";

        using var fish = SweepProcess.Start(home, "fish", ["--no-config", "-c", $"sweep completion fish | source; complete -C '{line}'"]);

        var found = (await fish.EndAsync()).Output.Split('\n').Where(name => !name.Contains('.', StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        Assert.Equal(expected, string.Join('\n', found));
    }

    [Fact]
    public void Every_command_that_prints_something_prints_it_as_json_too()
    {
        // A script for a shell, and a silo's own lines, are for no program.
        string[] without = ["sweep completion", "sweep serve"];

        foreach (var command in Commands(SweepCommand.Root(new EmbeddedMode())).Where(command => command.Subcommands.Count == 0))
            Assert.Equal(!without.Contains(Examples.Path(command)), command.Options.Any(option => option.Name == "--json"));
    }

    [Theory]
    [InlineData("sweep: there is no command 'lst' (did you mean 'list'?); see 'sweep --help'.", "lst")]
    [InlineData("sweep status: there is no option '--jsn' (did you mean '--json'?); see 'sweep status --help'.",
        "status", "latest", "--jsn")]
    public async Task What_is_mistyped_is_answered_with_the_nearest(string expected, params string[] arguments)
    {
        using var home = new TemporaryHome();

        var ended = await SweepProcess.RunAsync(home, arguments);

        Assert.Equal((2, expected), (ended.Code, ended.Error));
    }

    [Fact]
    public void Every_command_has_examples_that_parse()
    {
        foreach (var command in Commands(SweepCommand.Root(new EmbeddedMode())))
        {
            var examples = Examples.For(command);
            Assert.NotEmpty(examples);
            foreach (var example in examples.Where(example => example.StartsWith("sweep ", StringComparison.Ordinal)))
                Assert.Empty(SweepCommand.Root(new EmbeddedMode())
                    .Parse(example["sweep ".Length..].Split(" > ")[0]).Errors);
        }
    }

    private static IEnumerable<Command> Commands(Command command) => [command, .. command.Subcommands.SelectMany(Commands)];
}
