using System.Text.RegularExpressions;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Sweeps.Datasets;

/// <summary>The formats of data sets that specs and jobs may name. It never changes.</summary>
public sealed partial class FormatCatalog
{
    private readonly Dictionary<string, DatasetFormat> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DatasetFormat> _byDataset = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _aliases = new(StringComparer.Ordinal);
    private readonly DatasetFormat _unknown;

    /// <summary>Brings formats together.</summary>
    /// <param name="formats">The formats; one of them takes unknown names.</param>
    /// <exception cref="InvalidInputException">Two have one name or know one data set, a name is none, or not exactly one takes unknown
    /// names.</exception>
    public FormatCatalog(IEnumerable<DatasetFormat> formats)
    {
        All = [.. formats.OrderBy(format => format.Order).ThenBy(format => format.Name, StringComparer.Ordinal)];
        foreach (var format in All)
        {
            var from = $"data set format '{format.Name}' ({format.GetType().FullName} in {format.GetType().Assembly.GetName().Name})";
            if (!Form().IsMatch(format.Name))
                throw new InvalidInputException($"{from}: a name has lower-case letters, digits and hyphens.");
            if (!_byName.TryAdd(format.Name, format))
                throw new InvalidInputException(
                    $"{from}: the name is taken by {_byName[format.Name].GetType().FullName}; give the format another.");
            foreach (var dataset in format.KnownNames)
                if (!_byDataset.TryAdd(dataset, format))
                    throw new InvalidInputException(
                        $"{from}: the data set '{dataset}' is already one of '{_byDataset[dataset].Name}'; give it another name.");
        }
        foreach (var (alias, dataset) in All.SelectMany(format => format.Aliases)) _aliases.TryAdd(Plain(alias), dataset);
        // Two that differ in hyphens alone are no other names of each other.
        foreach (var names in _byDataset.Keys.GroupBy(Plain).Where(names => names.Count() == 1)) _aliases[names.Key] = names.Single();
        string[] takers = [.. All.Where(format => format.TakesUnknownNames).Select(format => format.Name)];
        _unknown = takers is [var only] ? _byName[only]
            : throw new InvalidInputException(
                $"data set formats: one takes unknown names, and these do: {string.Join(", ", takers.DefaultIfEmpty("none"))}.");
    }

    /// <summary>All formats, in the order of lists.</summary>
    public IReadOnlyList<DatasetFormat> All { get; }

    /// <summary>The data sets that are known by name, in that order.</summary>
    public IEnumerable<string> KnownNames => All.SelectMany(format => format.KnownNames);

    /// <summary>Those of them that lie in files and can be trained on.</summary>
    public IEnumerable<string> KnownFiles =>
        All.Where(format => format is { HasFiles: true, IsTestOnly: false }).SelectMany(format => format.KnownNames);

    /// <summary>Those of them that lie in no files.</summary>
    public IEnumerable<string> KnownDrawn => All.Where(format => !format.HasFiles).SelectMany(format => format.KnownNames);

    /// <summary>Finds a format.</summary>
    /// <exception cref="InvalidInputException">There is none of that name.</exception>
    public DatasetFormat Find(string name) => _byName.GetValueOrDefault(name)
        ?? throw new InvalidInputException(
            $"There is no data set format '{name}'; give {string.Join(", ", All.Select(format => format.Name))}.");

    /// <summary>
    /// The name under which a data set is known here: CoOp's <c>oxford_pets</c>, <c>OxfordPets</c> and <c>DescribableTextures</c> are ours
    /// by other spellings.
    /// </summary>
    /// <param name="dataset">What a spec or a command line names.</param>
    /// <returns>The known name; the same name where it is known, or where nothing is.</returns>
    public string KnownAs(string dataset) =>
        _byDataset.ContainsKey(dataset) ? dataset : _aliases.GetValueOrDefault(Plain(dataset), dataset);

    /// <summary>The format of a data set that a spec gives by its name alone.</summary>
    public DatasetFormat OfName(string dataset) => _byDataset.GetValueOrDefault(dataset, _unknown);

    /// <summary>The format of a data set.</summary>
    /// <exception cref="InvalidInputException">There is no such format, or it knows its data sets by name and not this one.</exception>
    public DatasetFormat Of(DatasetSource source)
    {
        var format = Find(source.Format);
        if (!format.IsKnownByName || format.KnownNames.Contains(source.Name)) return format;
        var own = All.First(other => !other.IsKnownByName);
        var known = EditDistance.Nearest(source.Name, KnownNames, least: 2) is { } nearest ? $"did you mean '{nearest}'?"
            : $"known: {string.Join(", ", KnownNames)}.";
        throw new InvalidInputException($"data set '{source.Name}' is unknown; {known} For one of "
            + $"your own write {{\"name\": \"{source.Name}\", \"format\": \"{own.Name}\", \"path\": \"...\"}}.");
    }

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,39}\z")]
    private static partial Regex Form();
}
