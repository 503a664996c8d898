using System.Text.Json.Nodes;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>
/// Recognises common wrong keys: other tools' names for spec keys, snake_case, and correct keys in the wrong place. Error messages then
/// name the key that was meant and its correct place.
/// </summary>
internal sealed class KeyHints
{
    /// <summary>Maps names used by CoOp, Dassl, Hugging Face, timm and Hydra, in lower case and without separators, to spec keys.</summary>
    private static readonly Dictionary<string, string[]> Others = new(StringComparer.Ordinal)
    {
        ["lr"] = ["learningRate"],
        ["baselr"] = ["learningRate"],
        ["stepsize"] = ["learningRate"],
        ["bs"] = ["batchSize"],
        ["batch"] = ["batchSize"],
        ["trainbatchsize"] = ["batchSize"],
        ["perdevicetrainbatchsize"] = ["batchSize"],
        ["nctx"] = ["contextLength", "maxContextLength"],
        ["ctx"] = ["contextLength", "maxContextLength"],
        ["ctxlen"] = ["contextLength", "maxContextLength"],
        ["depth"] = ["promptDepth"],
        ["promptlayers"] = ["promptDepth"],
        ["ntokens"] = ["tokens"],
        ["numtokens"] = ["tokens"],
        ["dataset"] = ["datasets"],
        ["data"] = ["datasets"],
        ["model"] = ["backbone"],
        ["arch"] = ["backbone"],
        ["clip"] = ["backbone"],
        ["seed"] = ["seeds"],
        ["shot"] = ["shots"],
        ["numshots"] = ["shots"],
        ["nshots"] = ["shots"],
        ["kshot"] = ["shots"],
        ["methods"] = ["arms"],
        ["trainer"] = ["method"],
        ["trainers"] = ["arms"],
        ["epoch"] = ["epochs"],
        ["maxepoch"] = ["epochs"],
        ["maxepochs"] = ["epochs"],
        ["numepochs"] = ["epochs"],
        ["nepochs"] = ["epochs"],
        ["numtrainepochs"] = ["epochs"],
        ["wd"] = ["weightDecay"],
        ["warmup"] = ["learningRateWarmupEpochs"],
        ["warmupepoch"] = ["learningRateWarmupEpochs"],
        ["warmupepochs"] = ["learningRateWarmupEpochs"],
        ["warmuplr"] = ["warmupLearningRate"],
        ["warmupconslr"] = ["warmupLearningRate"],
        ["prec"] = ["precision"],
        ["dtype"] = ["precision"],
        ["scheduler"] = ["learningRateCurve"],
        ["lrscheduler"] = ["learningRateCurve"],
        ["aug"] = ["augmentation"],
        ["transforms"] = ["augmentation"],
        ["target"] = ["tTarget"],
        ["budget"] = ["tTarget"],
    };

    /// <summary>The spec keys with their places, in schema order.</summary>
    private readonly List<(string Key, string Place)> _places = [];

    /// <summary>Reads the keys of a schema.</summary>
    /// <param name="schema">The whole schema.</param>
    public KeyHints(JsonObject schema)
    {
        var definitions = schema["$defs"]!.AsObject();
        Add(schema, "at the top level");
        Add(definitions["train"], "in \"train\" or in an arm");
        Add(definitions["arm"], "in an arm");
        Add(definitions["dataset"]!["then"], "in a data set object");
        foreach (var (name, part) in definitions)
            if (name.EndsWith("Settings", StringComparison.Ordinal)) Add(part, $"in \"{name[..^"Settings".Length]}\"");
    }

    /// <summary>Returns a hint for a key that an object does not support; null if there is none.</summary>
    /// <param name="key">The key that was written.</param>
    /// <param name="known">The keys that the object supports.</param>
    public string? Hint(string key, IReadOnlyCollection<string> known)
    {
        var plain = Plain(key);
        string[] meant =
        [
            .. Others.GetValueOrDefault(plain, []), .. _places.Select(place => place.Key).Where(name => Plain(name) == plain),
        ];
        // A misspelling of a key of this object is more likely than a key that belongs elsewhere.
        if ((meant.FirstOrDefault(known.Contains) ?? known.FirstOrDefault(name => EditDistance.Between(name, key) <= 1)) is { } here)
            return $"did you mean '{here}'?";
        var places = meant.Distinct().Select(name => (Key: name, Places: PlacesOf(name))).Where(found => found.Places.Length > 0).ToArray();
        return places.Length == 0 ? null
            : string.Join(", ", places.Select((found, i) => $"'{found.Key}' {(i == 0 ? "belongs " : "")}{found.Places}"));
    }

    /// <summary>Describes the places of a key, such as <c>in "coop", "plot" or "maple"</c>.</summary>
    private string PlacesOf(string key)
    {
        string[] all = [.. _places.Where(place => place.Key == key).Select(place => place.Place).Distinct()];
        if (all.Length < 2) return string.Concat(all);
        var objects = Array.FindAll(all, place => place.EndsWith('"'));
        return objects.Length < all.Length ? all[0]
            : $"{string.Join(", ", objects[..^1].Select((place, i) => i == 0 ? place : place[3..]))} or {objects[^1][3..]}";
    }

    private void Add(JsonNode? part, string place)
    {
        foreach (var (key, _) in part!["properties"]!.AsObject())
            if (place != "in an arm" || !_places.Contains((key, "in \"train\" or in an arm"))) _places.Add((key, place));
    }

    private static string Plain(string key) => string.Concat(key.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
