using System.Globalization;
using AdaptCluster.Contracts;
using Microsoft.Extensions.Configuration;

namespace AdaptCluster.Connections;

/// <summary>
/// Reads settings from the section "AdaptCluster" of appsettings.json and from environment variables, which take precedence. For example,
/// the variable for the key "Store:ConnectionString" is ADAPTCLUSTER_STORE__CONNECTIONSTRING. Every error names both the key and the
/// variable.
/// </summary>
public sealed class SettingsReader
{
    private const string Prefix = "ADAPTCLUSTER_";

    /// <summary>The name of the settings file.</summary>
    public const string FileName = "appsettings.json";

    private readonly IConfiguration _values;
    private readonly IConfiguration _file;
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Opens the settings file and the environment variables.</summary>
    /// <param name="folder">The folder that contains appsettings.json.</param>
    /// <exception cref="InvalidInputException">The settings file is not valid JSON.</exception>
    public SettingsReader(string folder)
    {
        try
        {
            _file = new ConfigurationBuilder().SetBasePath(folder).AddJsonFile(FileName, optional: true).Build().GetSection("AdaptCluster");
        }
        catch (Exception e) when (e is InvalidDataException or FormatException)
        {
            throw new InvalidInputException($"{Path.Combine(folder, FileName)}: {(e.InnerException ?? e).Message.ReplaceLineEndings(" ")}",
                e);
        }
        _values = new ConfigurationBuilder().AddConfiguration(_file).AddEnvironmentVariables(Prefix).Build();
    }

    /// <summary>The keys that have been read so far.</summary>
    public IEnumerable<string> Known => _known;

    /// <summary>The environment variables of the keys that have been read so far.</summary>
    public IEnumerable<string> Variables => _known.Select(Variable);

    /// <summary>Returns the name of a setting for error messages: the key and its environment variable.</summary>
    public static string Name(string key) => $"{key} ({Variable(key)})";

    /// <summary>Reads a string. Returns null if it is missing or empty.</summary>
    public string? Text(string key)
    {
        _known.Add(key);
        return _values[key] is { Length: > 0 } text ? text : null;
    }

    /// <summary>
    /// Reads a list of strings ("Key:0", "Key:1", …), which is a JSON list or a set of variables that end in __0, __1 and so on. Returns an
    /// empty list if there are none.
    /// </summary>
    public IReadOnlyList<string> List(string key)
    {
        var items = _values.GetSection(key).GetChildren().Where(item => item.Value is { Length: > 0 }).ToArray();
        foreach (var item in items) _known.Add(item.Path);
        return [.. items.Select(item => item.Value!)];
    }

    /// <summary>Reads a string that only an environment variable may set, because it determines what code this process runs.</summary>
    /// <exception cref="InvalidInputException">The settings file contains the key.</exception>
    public string? EnvironmentText(string key) => _file[key] is not { Length: > 0 } ? Text(key)
        : throw new InvalidInputException(
            $"{FileName}: AdaptCluster:{key} loads code, so a file in the current folder must not set it; use the environment variable "
                + $"{Variable(key)}.");

    /// <summary>Returns the names directly below a key.</summary>
    public IEnumerable<string> Children(string key) => _values.GetSection(key).GetChildren().Select(child => child.Key);

    /// <summary>Reads a whole number. Returns null if it is missing.</summary>
    public int? WholeNumber(string key, int least, int most)
    {
        if (Text(key) is not { } text) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new InvalidInputException($"{Name(key)}: found '{text}'; write a whole number from {least} to {most}.");
    }

    /// <summary>Reads a duration in seconds. Returns null if it is missing.</summary>
    public TimeSpan? Seconds(string key)
    {
        if (Text(key) is not { } text) return null;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds is >= 0.1 and <= 86400
            ? TimeSpan.FromSeconds(seconds)
            : throw new InvalidInputException($"{Name(key)}: found '{text}'; write seconds from 0.1 to 86400.");
    }

    /// <summary>Reads an age. Returns null if it is missing.</summary>
    public TimeSpan? Age(string key)
    {
        if (Text(key) is not { } text) return null;
        return AgeText.Parse(text) ?? throw new InvalidInputException($"{Name(key)}: found '{text}'; write {AgeText.Rule}.");
    }

    /// <summary>
    /// Reads "true" or "false". Returns null if it is missing. The configuration reader returns a JSON true in the file as "True".
    /// </summary>
    public bool? Flag(string key) => Text(key) is "True" or "False" ? Text(key) == "True"
        : OneOf(key, "true", "false") is { } text ? text == "true" : null;

    /// <summary>Reads one of several words. Returns null if it is missing.</summary>
    public string? OneOf(string key, params string[] words)
    {
        if (Text(key) is not { } text) return null;
        return words.Contains(text) ? text : throw new InvalidInputException(
            $"{Name(key)}: found '{text}'; write {string.Join(", ", words[..^1])} or {words[^1]}.");
    }

    /// <summary>The keys in the settings file that have not been read.</summary>
    /// <remarks>Unknown environment variables are ignored, because orchestrators also set variables with AdaptCluster's prefix.</remarks>
    public IEnumerable<string> Unknown =>
        _file.AsEnumerable(makePathsRelative: true).Where(pair => pair.Value is not null && !_known.Contains(pair.Key))
            .Select(pair => pair.Key);

    /// <summary>Returns the name of the environment variable for a key.</summary>
    public static string Variable(string key) => Prefix + key.ToUpperInvariant().Replace(":", "__", StringComparison.Ordinal);
}
