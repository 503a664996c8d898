using AdaptCluster.Connections;
using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Logs;

/// <summary>How a silo that serves writes its log on standard error.</summary>
public sealed record LogSettings
{
    private const string FormatKey = "Logs:Format", Text = "text", Json = "json";

    /// <summary>Whether each line is a JSON object (Logs:Format). Default: false, text for people.</summary>
    [Setting(FormatKey, "`text`",
        "`json` writes each line of a silo's log as one JSON object ([operations.md](operations.md#logs))")]
    public bool IsJson { get; init; }

    /// <summary>Reads the settings.</summary>
    /// <exception cref="InvalidInputException">One has a value that cannot be used.</exception>
    internal static LogSettings From(SettingsReader reader) => new() { IsJson = reader.OneOf(FormatKey, Text, Json) == Json };
}
