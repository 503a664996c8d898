using System.CommandLine;
using System.Text.RegularExpressions;
using AdaptCluster.Client.Commands;
using AdaptCluster.Local;

namespace AdaptCluster.Client.Tests.Commands;

public sealed partial class HelpTests
{
    [Fact]
    public void Commands_stand_in_groups_each_once_and_none_is_left_over()
    {
        var root = SweepCommand.Root(new EmbeddedMode());
        var help = Help();

        Assert.Equal(["Run", "Inspect", "Control", "Figures", "Operate"], CommandGroups.Of(root).Select(group => group.Title));
        foreach (var command in root.Subcommands.Where(command => !command.Hidden))
            Assert.Single(help, line => line.StartsWith($"  {command.Name} ", StringComparison.Ordinal));
        foreach (var (title, _) in CommandGroups.Of(root)) Assert.Contains($"{title}:", help);
        Assert.Contains(help, line => line.EndsWith("docs/users/glossary.md.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("curves", "--job JOB")]
    [InlineData("submit", "--set KEY=VALUE")]
    [InlineData("plot", "--size WxH")]
    [InlineData("list", "--cluster ADDRESS")]
    [InlineData("list", "-n, --limit N")]
    [InlineData("list", "-o, --format FORMAT")]
    [InlineData("results", "-o, --format FORMAT")]
    [InlineData("list", "-q, --quiet")]
    [InlineData("submit", "-w, --watch")]
    [InlineData("submit", "-n, --name NAME")]
    [InlineData("logs", "-f, --follow")]
    [InlineData("plot", "-f, --force")]
    public void A_value_is_named_by_what_it_is_and_a_short_form_stands_before_its_option(string command, string expected) =>
        Assert.Contains(Help(command), line => line.TrimStart().StartsWith($"{expected}  ", StringComparison.Ordinal));

    [Fact]
    public void Every_value_of_every_option_has_a_name_of_its_own()
    {
        foreach (var option in Commands(SweepCommand.Root(new EmbeddedMode())).SelectMany(command => command.Options))
            Assert.NotEqual("VALUE", HelpText.Placeholder(option));
    }

    [Theory]
    [InlineData("list", "The cluster to use: ", "Without it, the command uses the sweeps in the home folder.")]
    [InlineData("submit", "The cluster to train on: ", "Without it, this process trains, and runs until the sweep ends.")]
    [InlineData("retry", "The cluster to train on: ", "Without it, this process trains, and runs until the sweep ends.")]
    [InlineData("db migrate", "The store to migrate: ", "Without it, Store:ConnectionString is used.")]
    public void What_a_cluster_is_for_is_said_where_it_looks_trains_and_migrates(string command, string begins, string ends)
    {
        var text = string.Join(' ', Help(command.Split(' ')).Select(line => line.Trim()));

        Assert.Contains($"--cluster ADDRESS  {begins}", Spaces().Replace(text, "  "), StringComparison.Ordinal);
        Assert.Contains(ends, text, StringComparison.Ordinal);
    }

    [Fact]
    public void No_line_is_wider_than_a_terminal_of_the_width_that_is_asked_for()
    {
        foreach (var command in Commands(SweepCommand.Root(new EmbeddedMode())))
        {
            var text = new StringWriter();
            new HelpText(text, 80).Write(command);
            Assert.DoesNotContain(text.ToString().Split('\n').TakeWhile(line => line != "Examples:"),
                line => line.Length >= 80 && !line.StartsWith("Usage: ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_client_alone_shows_only_what_it_can_do()
    {
        var text = new StringWriter();
        new HelpText(text, 100).Write(SweepCommand.Root(embedded: null));

        Assert.DoesNotContain("\n  serve ", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("\n  submit ", text.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list", "-o", "json")]
    [InlineData("status", "latest", "--format", "json")]
    [InlineData("results", "latest", "-o", "csv")]
    [InlineData("audit", "-n", "3", "-o", "text")]
    public void Short_forms_parse(params string[] line) => Assert.Empty(SweepCommand.Root(new EmbeddedMode()).Parse(line).Errors);

    [Theory]
    [InlineData("json", true)]
    [InlineData("text", false)]
    public void A_format_of_json_says_the_same_as_the_option_json(string format, bool expected)
    {
        var parsed = SweepCommand.Root(new EmbeddedMode()).Parse(["list", "-o", format]);

        Assert.Equal(expected, parsed.GetValue<bool>("--json"));
        Assert.Equal("--json and --format text: use only one of them",
            Assert.Single(SweepCommand.Root(new EmbeddedMode()).Parse(["list", "--json", "-o", "text"]).Errors).Message);
    }

    private static string[] Help(params string[] command)
    {
        var text = new StringWriter();
        Assert.Equal(0, SweepCommand.Root(new EmbeddedMode()).Parse([.. command, "--help"])
            .Invoke(new InvocationConfiguration { Output = text }));
        return text.ToString().Split(Environment.NewLine);
    }

    private static IEnumerable<Command> Commands(Command command) =>
        [command, .. command.Subcommands.Where(sub => !sub.Hidden).SelectMany(Commands)];

    [GeneratedRegex(" {2,}")]
    private static partial Regex Spaces();
}
