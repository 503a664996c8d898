using AdaptCluster.Connections;
using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Logs;

/// <summary>The log settings for a silo that runs as a server. Such a silo logs to standard error.</summary>
public sealed record LogSettings
{
    private const string FormatKey = "Logs:Format", Text = "text", Json = "json";

    /// <summary>Whether each line is a JSON object (Logs:Format). Default: false, plain text.</summary>
    [Setting(FormatKey, "`text`",
        "`text`, or `json` to write each line of a silo's log as one JSON object ([operations.md](operations.md#logs))")]
    public bool IsJson { get; init; }

    /// <summary>Reads the settings.</summary>
    /// <exception cref="InvalidInputException">A setting has an invalid value.</exception>
    internal static LogSettings From(SettingsReader reader) => new() { IsJson = reader.OneOf(FormatKey, Text, Json) == Json };
}
