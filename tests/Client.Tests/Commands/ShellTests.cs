using System.CommandLine;
using AdaptCluster.Client.Commands;

namespace AdaptCluster.Client.Tests.Commands;

public sealed class ShellTests
{
    [Theory]
    [InlineData("sweep res", "results resume")]
    [InlineData("sweep results latest --format ", "csv json latex md text")]
    [InlineData("sweep plot latest --kind t", "t-target table")]
    [InlineData("sweep results latest --com", "--compare")]
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

    [Theory]
    [InlineData("sweep: there is no command 'lst' (did you mean 'list'?); 'sweep --help' shows how it is used.", "lst")]
    [InlineData("sweep status: there is no option '--jsn' (did you mean '--json'?); 'sweep status --help' shows how it is used.", "status", "latest", "--jsn")]
    public async Task What_is_mistyped_is_answered_with_the_nearest(string expected, params string[] arguments)
    {
        using var home = new TemporaryHome();

        var ended = await SweepProcess.RunAsync(home, arguments);

        Assert.Equal((2, expected), (ended.Code, ended.Error));
    }

    [Fact]
    public void Every_command_has_examples_that_parse()
    {
        foreach (var command in Commands(SweepCommand.Parse().RootCommandResult.Command))
        {
            var examples = Examples.For(command);
            Assert.NotEmpty(examples);
            foreach (var example in examples.Where(example => example.StartsWith("sweep ", StringComparison.Ordinal)))
                Assert.Empty(SweepCommand.Parse([.. System.CommandLine.Parsing.CommandLineParser.SplitCommandLine(example["sweep ".Length..].Split(" > ")[0])]).Errors);
        }
    }

    private static IEnumerable<Command> Commands(Command command) => [command, .. command.Subcommands.SelectMany(Commands)];
}
