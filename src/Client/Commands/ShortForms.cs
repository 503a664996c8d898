using System.CommandLine;

namespace AdaptCluster.Client.Commands;

/// <summary>
/// Adds the features that all commands share: short forms of common options, and <c>-o json</c> as an alternative to <c>--json</c> wherever
/// JSON can be printed.
/// </summary>
internal static class ShortForms
{
    private const string Text = "text", JsonText = "json";

    private static readonly (string Long, string Short)[] Forms =
    [
        ("--format", "-o"), ("--limit", "-n"), ("--name", "-n"), ("--follow", "-f"), ("--force", "-f"), ("--watch", "-w"),
        ("--quiet", "-q"),
    ];

    /// <summary>Adds the short forms to a command and its subcommands.</summary>
    public static void AddTo(Command command)
    {
        foreach (var sub in command.Subcommands) AddTo(sub);
        if (command.Hidden) return;
        if (command.Options.OfType<Option<bool>>().FirstOrDefault(option => option.Name == "--json") is { } json
            && command.Options.All(option => option.Name != "--format")) AddFormat(command, json);
        foreach (var (name, brief) in Forms)
            if (command.Options.FirstOrDefault(option => option.Name == name) is { } found) found.Aliases.Add(brief);
    }

    /// <summary>Adds --format to a command that prints text or JSON; --format json means the same as --json.</summary>
    private static void AddFormat(Command command, Option<bool> json)
    {
        var format = new Option<string>("--format") { Description = "The output format: text or json.", DefaultValueFactory = _ => Text }
            .OneOf(Text, JsonText);
        json.DefaultValueFactory = result => result.GetValue(format) == JsonText;
        format.Validators.Add(result =>
        {
            if (result.GetResult(json) is { Implicit: false } && result.GetValue(json) && result.GetValue(format) == Text
                && !result.Implicit) result.AddError("--json and --format text: use only one of them");
        });
        command.Options.Insert(command.Options.IndexOf(json), format);
    }
}
