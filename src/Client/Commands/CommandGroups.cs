using System.CommandLine;

namespace AdaptCluster.Client.Commands;

/// <summary>The groups of commands in the help, arranged by task.</summary>
internal static class CommandGroups
{
    /// <summary>The title for commands that belong to no group.</summary>
    public const string Other = "Other";

    private static readonly (string Title, string[] Commands)[] Groups =
    [
        ("Run", ["submit", "plan", "evaluate", "predict", "methods", "datasets"]),
        ("Inspect", ["list", "status", "watch", "results", "logs", "curves", "masks", "predictions", "explain"]),
        ("Control", ["pause", "resume", "cancel", "retry", "set", "note", "tag", "rename", "replan", "delete", "prune"]),
        ("Figures", ["plot", "export", "export-runs"]),
        ("Operate", ["doctor", "serve", "db", "backup", "audit", "pretrain", "completion"]),
    ];

    /// <summary>Returns the visible commands by group, in the order defined here.</summary>
    public static IEnumerable<(string Title, Command[] Commands)> Of(RootCommand root)
    {
        Command[] shown = [.. root.Subcommands.Where(command => !command.Hidden)];
        foreach (var (title, names) in Groups)
        {
            Command[] found = [.. names.Select(name => Array.Find(shown, command => command.Name == name)).OfType<Command>()];
            if (found.Length > 0) yield return (title, found);
        }
        var others = Array.FindAll(shown, command => !Groups.Any(group => group.Commands.Contains(command.Name)));
        if (others.Length > 0) yield return (Other, others);
    }
}
