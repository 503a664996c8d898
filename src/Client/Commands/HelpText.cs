using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Globalization;

namespace AdaptCluster.Client.Commands;

/// <summary>
/// Prints help: commands in groups, placeholders that show the kind of value (<c>--size WxH</c>), the short form of an option first, and
/// examples at the end.
/// </summary>
/// <param name="output">The writer that receives the help text.</param>
/// <param name="width">The line width in characters.</param>
internal sealed class HelpText(TextWriter output, int width)
{
    /// <summary>The line width for a file or a pager.</summary>
    private const int FileWidth = 110;

    /// <summary>The maximum width of the first column. The description of a longer entry starts on the next line.</summary>
    private const int MostFirst = 34;

    private static readonly Dictionary<string, string> Placeholders = new()
    {
        ["--axis"] = "KEY",
        ["--batch-size"] = "N",
        ["--catalogue"] = "FILE",
        ["--cell"] = "ROW,DATASET",
        ["--cluster"] = "ADDRESS",
        ["--compare"] = "FILE",
        ["--dataset"] = "NAME",
        ["--format"] = "FORMAT",
        ["--from"] = "URL",
        ["--gateway-port"] = "PORT",
        ["--job"] = "JOB",
        ["--kind"] = "KIND",
        ["--learning-rate"] = "RATE",
        ["--licence"] = "NAME",
        ["--limit"] = "N",
        ["--name"] = "NAME",
        ["--older"] = "AGE",
        ["--on"] = "DATASET",
        ["--out"] = "PATH",
        ["--parallel"] = "N",
        ["--pool"] = "NAME",
        ["--priority"] = "N",
        ["--retries"] = "N",
        ["--root"] = "DIR",
        ["--seed"] = "N",
        ["--set"] = "KEY=VALUE",
        ["--sha256"] = "HEX",
        ["--shots"] = "N",
        ["--size"] = "WxH",
        ["--sort"] = "COLUMN",
        ["--split"] = "SPLIT",
        ["--state"] = "STATE",
        ["--step"] = "N",
        ["--steps"] = "N",
        ["--tag"] = "TAG",
        ["--timeout"] = "SECONDS",
        ["--values"] = "VALUES",
        ["--verify-cache"] = "SHARE",
    };

    /// <summary>Makes every command's <c>--help</c> use this class.</summary>
    public static void AddTo(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            option.Description = "Show this help.";
            option.Action = new Printed();
        }
        foreach (var option in root.Options.OfType<VersionOption>()) option.Description = "Show the version.";
    }

    /// <summary>Returns the placeholder for an option's value; null for an option without a value.</summary>
    internal static string? Placeholder(Option option) =>
        option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool) || option is HelpOption or VersionOption ? null
            : option.HelpName ?? Placeholders.GetValueOrDefault(option.Name, "VALUE");

    /// <summary>Writes a command's help.</summary>
    public void Write(Command command)
    {
        Paragraph(command.Description ?? "");
        output.WriteLine();
        output.WriteLine($"Usage: {Usage(command)}");
        Section("Arguments", command.Arguments.Where(argument => !argument.Hidden)
            .Select(argument => (argument.Name, Described(argument.Description, Default(argument)))));
        if (command is RootCommand root)
            foreach (var (title, commands) in CommandGroups.Of(root)) Section(title, commands.Select(Line));
        else Section("Commands", command.Subcommands.Where(sub => !sub.Hidden).Select(Line));
        Section("Options", Options(command).Select(option => (Names(option),
            Described(option.Description, option.Required ? "required" : Default(option)))));
        var examples = Examples.For(command);
        if (examples.Count > 0) output.WriteLine($"{Environment.NewLine}Examples:");
        foreach (var example in examples) output.WriteLine($"  {example}");
        if (command is not RootCommand) return;
        output.WriteLine();
        Paragraph("'sweep COMMAND --help' shows a command's options and examples. For terms such as pack, lease, silo, trunk and arm, see "
            + "docs/users/glossary.md.");
    }

    private static string Usage(Command command)
    {
        var words = new List<string> { Examples.Path(command) };
        if (command.Subcommands.Any(sub => !sub.Hidden)) words.Add("COMMAND");
        foreach (var argument in command.Arguments.Where(argument => !argument.Hidden))
        {
            var name = argument.Arity.MaximumNumberOfValues > 1 ? $"{argument.Name}..." : argument.Name;
            words.Add(argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name);
        }
        words.AddRange(command.Options.Where(option => option.Required).Select(option => $"{option.Name} {Placeholder(option)}"));
        words.Add("[options]");
        return string.Join(' ', words);
    }

    private static IEnumerable<Option> Options(Command command)
    {
        for (var at = command; at is not null; at = at.Parents.OfType<Command>().FirstOrDefault())
            foreach (var option in at.Options.Where(option => !option.Hidden && (at == command || option.Recursive))) yield return option;
    }

    /// <summary>Formats an option's names, such as "-n, --limit N"; options without a short form are indented to align.</summary>
    private static string Names(Option option)
    {
        var brief = option.Aliases.FirstOrDefault(alias => alias.Length == 2 && alias[0] == '-' && char.IsAsciiLetter(alias[1]));
        var name = $"{(brief is null ? "    " : $"{brief}, ")}{option.Name}";
        return Placeholder(option) is { } value ? $"{name} {value}" : name;
    }

    /// <summary>Returns a command's name and the first clause of its description; its own help shows the rest.</summary>
    private static (string Name, string Text) Line(Command command)
    {
        var text = command.Description ?? "";
        var end = ((string[])["; ", ": ", ". "]).Select(mark => text.IndexOf(mark, StringComparison.Ordinal)).Where(at => at > 0)
            .Append(text.Length).Min();
        return (command.Name, text[..end].TrimEnd('.'));
    }

    private static string Described(string? text, string? more) => more is null ? text ?? "" : $"{text} [{more}]";

    private static string? Default(Option option) =>
        // The value from the environment may contain a secret.
        option.Name == "--cluster" || !option.HasDefaultValue ? null : Default(option.GetDefaultValue());

    private static string? Default(Argument argument) => argument.HasDefaultValue ? Default(argument.GetDefaultValue()) : null;

    private static string? Default(object? value) => value switch
    {
        string { Length: > 0 } text => $"default: {text}",
        int or double => string.Create(CultureInfo.InvariantCulture, $"default: {value}"),
        _ => null,
    };

    private void Section(string title, IEnumerable<(string Name, string Text)> entries)
    {
        var lines = entries.ToArray();
        if (lines.Length == 0) return;
        output.WriteLine($"{Environment.NewLine}{title}:");
        var first = lines.Max(line => line.Name.Length <= MostFirst ? line.Name.Length : 0);
        foreach (var (name, text) in lines)
        {
            var folded = Fold(text, width - first - 5).ToArray();
            if (name.Length > first) output.WriteLine($"  {name}");
            for (var i = 0; i < folded.Length; i++)
                output.WriteLine($"  {(i == 0 && name.Length <= first ? name : "").PadRight(first)}  {folded[i]}".TrimEnd());
        }
    }

    private void Paragraph(string text)
    {
        foreach (var line in Fold(text, width - 1)) output.WriteLine(line);
    }

    private static IEnumerable<string> Fold(string text, int most)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > Math.Max(most, 20))
            {
                yield return line;
                line = word;
            }
            else
            {
                line = line.Length == 0 ? word : $"{line} {word}";
            }
        }
        yield return line;
    }

    private sealed class Printed : SynchronousCommandLineAction
    {
        // As in the library's own action, missing arguments are not an error with --help.
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var output = parseResult.InvocationConfiguration.Output;
            var isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected && Console.WindowWidth > 0;
            var columns = isTerminal ? Math.Min(Console.WindowWidth, FileWidth) : FileWidth;
            new HelpText(output, columns).Write(parseResult.CommandResult.Command);
            return SweepCommand.Success;
        }
    }
}
