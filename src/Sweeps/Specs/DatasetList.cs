using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Datasets;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>Reads the data sets of a spec: the training data sets, and the evaluation targets.</summary>
internal static class DatasetList
{
    /// <summary>Reads a list of data sets that the schema has accepted.</summary>
    /// <param name="list">The list.</param>
    /// <param name="source">The spec, for error messages.</param>
    /// <param name="place">The JSON path of the list.</param>
    /// <param name="formats">The data set formats.</param>
    /// <exception cref="InvalidInputException">The list is invalid.</exception>
    public static DatasetSource[] Read(JsonElement list, SpecSource source, string place, FormatCatalog formats)
    {
        var datasets = new List<DatasetSource>();
        foreach (var (item, index) in list.EnumerateArray().Select((item, index) => (item, index)))
        {
            var path = $"{place}[{index}]";
            var dataset = One(item, source, path, formats);
            if (formats.Find(dataset.Format).IsTestOnly)
                throw source.Refused(path, $"data set '{dataset.Name}' has only test images; move it to \"evaluate\"");
            if (datasets.Any(d => d.Name == dataset.Name))
                throw source.Refused(path, $"data set '{dataset.Name}' is listed twice; list it once");
            datasets.Add(dataset);
        }
        return [.. datasets];
    }

    /// <summary>Reads the evaluation targets: halves of the classes, the spec's own data sets by name, and other data sets.</summary>
    /// <exception cref="InvalidInputException">The list is invalid.</exception>
    public static SpecTarget[] Targets(JsonElement list, SpecSource source, DatasetSource[] datasets, FormatCatalog formats)
    {
        var targets = new List<SpecTarget>();
        foreach (var (item, index) in list.EnumerateArray().Select((item, index) => (item, index)))
        {
            var path = $"$.evaluate[{index}]";
            var written = item.ValueKind == JsonValueKind.String ? item.GetString()! : SpecParser.Text(item, "name")!;
            var target = ClassHalves.All.Contains(written)
                ? new SpecTarget(written, null, path)
                : Other(item, source, path, datasets, formats);
            if (targets.Exists(known => known.Name == target.Name))
                throw source.Refused(path, $"'{target.Name}' is listed twice; list it once");
            if (target.Dataset is null && Array.Find(datasets, dataset => dataset.Classes is null) is { } whole)
                throw source.Refused(path, $"data set '{whole.Name}' is used with all of its classes; "
                    + $"give it \"classes\": \"{ClassHalves.Base}\", or remove '{written}'");
            targets.Add(target);
        }
        return [.. targets];
    }

    /// <summary>Reads a data set that jobs are evaluated on, and replaces its name with its known name.</summary>
    private static SpecTarget Other(
        JsonElement item, SpecSource source, string path, DatasetSource[] datasets, FormatCatalog formats)
    {
        var known = item.ValueKind == JsonValueKind.String ? OfSpec(item.GetString()!, datasets, formats) : null;
        var dataset = known is null ? One(item, source, path, formats) : known with { Classes = null };
        if (dataset.FewShots is not null && known is null)
            throw source.Refused($"{path}.{DatasetKeys.FewShots}", "jobs do not train on the data sets in this list; remove the key");
        if (known is null && Array.FindIndex(datasets, own => own.Name == dataset.Name) is var at and >= 0
            && Images(datasets[at]) != Images(dataset))
            throw source.Refused(path, $"$.datasets[{at}] is a different data set with the name '{dataset.Name}'; rename one of them");
        return new(dataset.Name, dataset with { FewShots = null }, path);
    }

    /// <summary>Returns a copy of a data set with only the settings that determine its images.</summary>
    private static DatasetSource Images(DatasetSource dataset) => dataset with { Template = null, FewShots = null, Classes = null };

    /// <summary>
    /// Returns the spec's data set that a name refers to: by its exact name if there is a match, otherwise by the data set's known name.
    /// </summary>
    private static DatasetSource? OfSpec(string name, DatasetSource[] datasets, FormatCatalog formats) =>
        Array.Find(datasets, dataset => dataset.Name == name)
        ?? Array.Find(datasets, dataset => dataset.Name == formats.KnownAs(name));

    private static DatasetSource One(JsonElement item, SpecSource source, string path, FormatCatalog formats) =>
        item.ValueKind == JsonValueKind.String
            ? ByName(formats.KnownAs(item.GetString()!), formats)
            : Described(item, source, path, formats);

    private static DatasetSource ByName(string name, FormatCatalog formats) =>
        new() { Name = name, Format = formats.OfName(name).Name };

    private static DatasetSource Described(JsonElement item, SpecSource source, string path, FormatCatalog formats)
    {
        var written = SpecParser.Text(item, "format");
        // A data set with a format is the user's own, regardless of its name.
        var name = written is null ? formats.KnownAs(SpecParser.Text(item, "name")!) : SpecParser.Text(item, "name")!;
        var format = written is not null ? formats.Find(written) : formats.OfName(name);
        foreach (var key in DatasetKeys.All.Except(format.Keys))
            if (item.TryGetProperty(key, out _)) throw source.Refused($"{path}.{key}", format.Refusal(key, name));
        if (!format.HasFiles && item.TryGetProperty(DatasetKeys.FewShots, out _))
            throw source.Refused($"{path}.{DatasetKeys.FewShots}", format.Refusal(DatasetKeys.FewShots, name));
        if (format.NeedsPath && SpecParser.Text(item, DatasetKeys.Path) is null)
            throw source.Refused(path, $"'path' is missing; write the {format.Name} file's path relative to the data root");
        return new DatasetSource
        {
            Name = name,
            Format = format.Name,
            Path = format.IsKnownByName ? null : SpecParser.Text(item, DatasetKeys.Path) ?? name,
            Template = SpecParser.Text(item, "template"),
            Images = SpecParser.Text(item, DatasetKeys.Images),
            FewShots = SpecParser.Text(item, DatasetKeys.FewShots),
            Classes = SpecParser.Text(item, DatasetKeys.Classes),
            Names = item.TryGetProperty(DatasetKeys.Names, out var names)
                ? new(names.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!), StringComparer.Ordinal)
                : null,
        };
    }
}
