using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Client.Commands;

/// <summary>Creates options and arguments whose error messages contain the name, the value found and the expected form.</summary>
internal static class CheckedOptions
{
    /// <summary>Creates an option for a whole number, which is null if the option is omitted.</summary>
    public static Option<int?> WholeNumber(string name, string description, int least = int.MinValue, int most = int.MaxValue) =>
        new(name) { Description = description, CustomParser = result => Whole(result, name, least, most) };

    /// <summary>Creates an option for a whole number with a default.</summary>
    public static Option<int> WholeNumber(string name, string description, int value, int least, int most = int.MaxValue) =>
        new(name)
        {
            Description = description,
            CustomParser = result => Whole(result, name, least, most) ?? value,
            DefaultValueFactory = _ => value,
        };

    /// <summary>Creates a repeatable option for whole numbers.</summary>
    public static Option<int[]> WholeNumbers(string name, string description, int least) => new(name)
    {
        Description = description,
        CustomParser = result => [.. result.Tokens.Select(token => Whole(result, token.Value, name, least, int.MaxValue)).OfType<int>()],
        DefaultValueFactory = _ => [],
    };

    /// <summary>Creates an option for a number with a default.</summary>
    /// <param name="name">The name of the option.</param>
    /// <param name="description">The help text.</param>
    /// <param name="value">The default.</param>
    /// <param name="fits">A function that returns whether a number is valid.</param>
    /// <param name="rule">The expected form for the error message, such as "a number above 0".</param>
    public static Option<double> Number(string name, string description, double value, Func<double, bool> fits, string rule) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[^1].Value;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                && fits(number)) return number;
            result.AddError($"{name}: found '{text}'; write {rule}");
            return value;
        },
        DefaultValueFactory = _ => value,
    };

    /// <summary>Creates an option for an age, which is null if the option is omitted.</summary>
    public static Option<TimeSpan?> Age(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[^1].Value;
            if (AgeText.Parse(text) is { } age) return age;
            result.AddError($"{name}: found '{text}'; write {AgeText.Rule}");
            return null;
        },
    };

    /// <summary>Creates a repeatable option that accepts only the given words.</summary>
    public static Option<string[]> SomeOf(string name, string description, string[] words)
    {
        var option = new Option<string[]>(name) { Description = description, DefaultValueFactory = _ => [] };
        option.CompletionSources.Add(words);
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens) Check(result, token.Value, name, words);
        });
        return option;
    }

    /// <summary>Restricts an option to the given words.</summary>
    public static Option<string> OneOf(this Option<string> option, params string[] words)
    {
        option.CompletionSources.Add(words);
        option.Validators.Add(result => Check(result, result.GetValue(option), option.Name, words));
        return option;
    }

    /// <summary>Restricts an argument to the given words.</summary>
    public static Argument<string> OneOf(this Argument<string> argument, params string[] words)
    {
        argument.CompletionSources.Add(words);
        argument.Validators.Add(result => Check(result, result.GetValue(argument), argument.Name, words));
        return argument;
    }

    private static void Check(SymbolResult result, string? text, string name, string[] words)
    {
        if (text is null || words.Contains(text)) return;
        var near = EditDistance.Nearest(text, words, least: 1) is { } nearest ? $" (did you mean '{nearest}'?)" : "";
        result.AddError($"{name}: found '{text}'{near}; write {string.Join(", ", words[..^1])} or {words[^1]}");
    }

    private static int? Whole(ArgumentResult result, string name, int least, int most) =>
        Whole(result, result.Tokens[^1].Value, name, least, most);

    private static int? Whole(ArgumentResult result, string text, string name, int least, int most)
    {
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least
            && number <= most) return number;
        var range = (least, most) switch
        {
            (int.MinValue, int.MaxValue) => "",
            (_, int.MaxValue) => $" of at least {least}",
            _ => $" from {least} to {most}",
        };
        result.AddError($"{name}: found '{text}'; write a whole number{range}");
        return null;
    }
}
