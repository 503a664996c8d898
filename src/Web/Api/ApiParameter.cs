using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Specs;
using Microsoft.AspNetCore.Http;

namespace AdaptCluster.Web.Api;

/// <summary>A query parameter. One definition serves both its documentation and its validation.</summary>
/// <param name="Name">The name.</param>
/// <param name="Description">The description.</param>
internal sealed record ApiParameter(string Name, string Description)
{
    /// <summary>Whether the value is a whole number.</summary>
    public bool IsNumber { get; init; }

    /// <summary>The minimum for a number; null for no minimum.</summary>
    public int? Least { get; init; }

    /// <summary>The maximum for a number; null for no maximum.</summary>
    public int? Most { get; init; }

    /// <summary>Whether the value is a Boolean.</summary>
    public bool IsFlag { get; init; }

    /// <summary>The allowed values; null if any text is allowed.</summary>
    public string[]? Words { get; init; }

    /// <summary>Whether the parameter can be repeated.</summary>
    public bool IsMany { get; init; }

    /// <summary>Returns the parameter's value as text; null if the parameter is missing.</summary>
    /// <exception cref="InvalidInputException">The value is not an allowed value, or the parameter is repeated.</exception>
    public string? Text(HttpContext context)
    {
        var all = All(context);
        return all.Length <= 1 ? all.FirstOrDefault()
            : throw new InvalidInputException($"{Name}: found {all.Length} values; write one.");
    }

    /// <summary>Returns all values of the parameter.</summary>
    /// <exception cref="InvalidInputException">A value is not an allowed value.</exception>
    public string[] All(HttpContext context)
    {
        string[] all = [.. context.Request.Query[Name].OfType<string>()];
        foreach (var text in all)
        {
            if (Words is null || Words.Contains(text)) continue;
            var near = EditDistance.Nearest(text, Words, least: 1) is { } nearest ? $" (did you mean '{nearest}'?)" : "";
            throw new InvalidInputException(
                $"{Name}: found '{Shown(text)}'{near}; write {string.Join(", ", Words[..^1])} or {Words[^1]}.");
        }
        return all;
    }

    /// <summary>Returns the parameter's value as a number; null if the parameter is missing.</summary>
    /// <exception cref="InvalidInputException">The value is not a valid number.</exception>
    public int? Number(HttpContext context)
    {
        if (Text(context) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && !(number < Least) && !(number > Most)) return number;
        var bounds = (Least, Most) switch
        {
            ({ } least, { } most) => $" from {least} to {most}",
            ({ } least, null) => $" of {least} or more",
            _ => "",
        };
        throw new InvalidInputException($"{Name}: found '{Shown(text)}'; write a whole number{bounds}.");
    }

    /// <summary>Returns the parameter's value as a Boolean; false if the parameter is missing.</summary>
    /// <exception cref="InvalidInputException">The value is neither true nor false.</exception>
    public bool Flag(HttpContext context) => Text(context) switch
    {
        null or "false" => false,
        "true" => true,
        { } text => throw new InvalidInputException($"{Name}: found '{Shown(text)}'; write true or false."),
    };

    /// <summary>Refuses a request with unknown parameters, because a misspelt filter would otherwise be ignored.</summary>
    /// <param name="context">The request.</param>
    /// <exception cref="InvalidInputException">The request has an unknown parameter.</exception>
    public static void Check(HttpContext context)
    {
        string[] known = [.. context.GetEndpoint()?.Metadata.GetOrderedMetadata<ApiParameter>().Select(one => one.Name) ?? []];
        if (context.Request.Query.Keys.FirstOrDefault(name => !known.Contains(name)) is not { } unknown) return;
        var near = EditDistance.Nearest(unknown, known, least: 1) is { } nearest ? $" (did you mean '{nearest}'?)" : "";
        throw new InvalidInputException($"{Shown(unknown)}: there is no such parameter{near}; "
            + (known.Length == 0 ? "this route has no parameters." : $"this route takes {string.Join(", ", known)}."));
    }

    private static string Shown(string text) => PrintableText.OneLine(text.Length <= 100 ? text : $"{text[..100]}…");
}
