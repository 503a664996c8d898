using System.Text.Json;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>A setting that a spec gives for all arms and that some arms override.</summary>
/// <param name="Key">The setting's path in the spec, such as "train.learningRate".</param>
/// <param name="Arms">The arms that have their own value, named by their label, otherwise by their method. Arms that would have the same
/// name are followed by their path, such as "coop (arms[2])".</param>
public sealed record OverriddenSetting(string Key, string[] Arms)
{
    /// <summary>Returns the settings of a spec that some arms override, in the spec's order.</summary>
    /// <param name="specJson">The spec as strict JSON. The parser has accepted it.</param>
    public static OverriddenSetting[] Of(string specJson)
    {
        using var document = JsonDocument.Parse(specJson, new JsonDocumentOptions { MaxDepth = SpecText.MaxDepth });
        var root = document.RootElement;
        JsonElement[] arms = [.. root.GetProperty("arms").EnumerateArray()];
        var names = Names(arms);
        return
        [
            .. Shared(root).Select(setting => new OverriddenSetting(string.Join('.', setting.Path),
                [.. names.Where((_, arm) => Has(arms[arm], setting.InArm))]))
                .Where(setting => setting.Arms.Length > 0),
        ];
    }

    /// <summary>Returns the settings for all arms, each with its path in the spec and in an arm that overrides it.</summary>
    private static IEnumerable<(string[] Path, string[] InArm)> Shared(JsonElement root)
    {
        foreach (var key in ArmExpansion.Shared)
            if (root.TryGetProperty(key, out _)) yield return ([key], [key]);
        if (!root.TryGetProperty("train", out var train)) yield break;
        foreach (var property in train.EnumerateObject())
        {
            // A method's own settings are overridden one by one.
            if (property.Value.ValueKind == JsonValueKind.Object)
                foreach (var own in property.Value.EnumerateObject())
                    yield return (["train", property.Name, own.Name], [property.Name, own.Name]);
            else yield return (["train", property.Name], [property.Name]);
        }
    }

    private static bool Has(JsonElement arm, string[] path)
    {
        foreach (var key in path)
            if (arm.ValueKind != JsonValueKind.Object || !arm.TryGetProperty(key, out arm)) return false;
        return true;
    }

    private static string[] Names(JsonElement[] arms)
    {
        var names = Array.ConvertAll(arms, arm => SpecParser.Text(arm, "label") ?? SpecParser.Text(arm, "method")!);
        return [.. names.Select((name, arm) => names.Count(other => other == name) == 1 ? name : $"{name} (arms[{arm}])")];
    }
}
