using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Planning;

/// <summary>
/// Computes ids from content hashes: equal work has equal ids, in any sweep and any process. A job's id is the key of the result cache.
/// </summary>
public static class JobIdentity
{
    /// <summary>The value of a key component that a job does not have.</summary>
    private const string Nothing = "-";

    /// <summary>
    /// Returns the id of the job at a position: a hash of the job's definition, the fingerprints of the files that the job reads, and the
    /// trainer version.
    /// </summary>
    public static JobId Of(SweepPlan plan, JobPosition position) => Of(plan, position, plan.Definition(position));

    /// <summary>
    /// Returns the id that the job at a position would have without evaluation targets. Jobs that share this id train the same prompts.
    /// Null if the job has no targets, or if its method does not train.
    /// </summary>
    public static JobId? TrainedOf(SweepPlan plan, JobPosition position) =>
        plan.Group(position).Definition is { Evaluate: not null, Train: not null }
            ? Of(plan, position, plan.Definition(position) with { Evaluate = null }) : null;

    private static JobId Of(SweepPlan plan, JobPosition position, JobDefinition definition) => new(Hash(
        JsonSerializer.Serialize(definition, AdaptClusterJson.Compact), plan.BackboneFingerprintOf(position),
        plan.DatasetFingerprint(position),
        TrainerVersion.Of(plan.Trainer).ToString(CultureInfo.InvariantCulture))[..16]);

    /// <summary>Returns the components of the cache key, keyed by name, for display.</summary>
    public static SortedDictionary<string, string> Key(SweepPlan plan, JobPosition position)
    {
        var key = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["backbone sha-256"] = plan.BackboneFingerprintOf(position),
            ["dataset sha-256"] = plan.DatasetFingerprint(position),
            ["trainer version"] = TrainerVersion.Of(plan.Trainer).ToString(CultureInfo.InvariantCulture),
        };
        Flatten(JsonSerializer.SerializeToElement(plan.Definition(position), AdaptClusterJson.Compact), "", key);
        return key;
    }

    /// <summary>
    /// Returns the components of the cache key that describe the job. Null values are omitted, and so are the settings for other methods,
    /// which every job has contained since version 0.1.0.
    /// </summary>
    public static SortedDictionary<string, string> Provenance(SweepPlan plan, JobPosition position)
    {
        var (key, definition) = (Key(plan, position), plan.Definition(position));
        const string train = "train.", own = $"{train}own.";
        string[] methods = [.. JsonSerializer.SerializeToNode(new TrainSettings(), AdaptClusterJson.Compact)!.AsObject()
            .Where(setting => setting.Value is JsonObject).Select(setting => $"{train}{setting.Key}.")];
        var others = methods.Where(prefix => prefix != $"{train}{definition.Method}.").ToArray();
        foreach (var (name, value) in key.ToArray())
        {
            if (value == Nothing || Array.Exists(others, other => name.StartsWith(other, StringComparison.Ordinal))) key.Remove(name);
            // Settings are listed as specs write them: under the method's name.
            if (name.StartsWith(own, StringComparison.Ordinal) && key.Remove(name))
                key[$"{train}{definition.Method}.{name[own.Length..]}"] = value;
        }
        return key;
    }

    /// <summary>Returns the id of a sweep: a hash of the sweep's name, table layout and jobs.</summary>
    /// <param name="plan">The sweep's plan.</param>
    /// <param name="cluster">The cluster that the id is unique to; null for an id that is the same on every cluster.</param>
    public static SweepId Of(SweepPlan plan, string? cluster = null)
    {
        // The grid positions of rows and candidates follow from their jobs, and version 0.1.0 did not write them.
        var rows = Array.ConvertAll(plan.Rows, row => row with
        {
            Name = null,
            Axes = null,
            Family = null,
            BackboneParameters = null,
            Cells = Array.ConvertAll(row.Cells, cell => cell with
            {
                Candidates = Array.ConvertAll(cell.Candidates, candidate => candidate with { Values = null }),
            }),
        });
        var content = JsonSerializer.Serialize(
            PackWidth.WithoutDevice(plan) with { SpecJson = "", Warnings = [], Rows = rows }, AdaptClusterJson.Compact);
        List<string> parts = [content, TrainerVersion.Of(plan.Trainer).ToString(CultureInfo.InvariantCulture)];
        // "selection": "fixed" does not change the jobs, but the table has a note about it, so the sweep is a different one.
        if (Array.Exists(plan.Warnings, warning => warning.Code == Planner.SelectionFixed)) parts.Add(Planner.SelectionFixed);
        if (cluster is not null) parts.Add(cluster);
        return new($"{Slug(plan.Name)}-{Hash([.. parts])[..8]}");
    }

    /// <summary>Returns the prefix of a sweep's id, which is derived from the sweep's name.</summary>
    public static string Slug(string name)
    {
        var slug = new string([.. name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]).Trim('-');
        return slug[..Math.Min(slug.Length, 55)];
    }

    private static void Flatten(JsonElement element, string path, SortedDictionary<string, string> key)
    {
        if (element.ValueKind == JsonValueKind.Object)
            foreach (var property in element.EnumerateObject())
                Flatten(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}", key);
        else
            key[path] = element.ValueKind switch
            {
                JsonValueKind.Null => Nothing,
                JsonValueKind.True => "true",
                JsonValueKind.False => "false",
                // Writes 0.00001 instead of 1E-05.
                JsonValueKind.Number when element.TryGetDecimal(out var number) => number.ToString(CultureInfo.InvariantCulture),
                _ => element.ToString(),
            };
    }

    private static string Hash(params string[] parts) => TextHash.Of(string.Join('\n', parts));
}
