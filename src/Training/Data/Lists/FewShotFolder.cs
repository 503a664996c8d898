using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Data.Lists;

/// <summary>
/// A folder of few-shot lists in the format of FarinaMatteo/rethinking_fewshot_vlms: shot_16-seed_1_train.jsonl and, except for data sets
/// without validation images, shot_16-seed_1_val.jsonl. A list is parsed when its draw is first requested. Instances are thread-safe.
/// </summary>
internal sealed partial class FewShotFolder
{
    private const string Train = "train", Validation = "val";

    private readonly string _folder;
    private readonly DatasetSource _source;
    private readonly ImageLists _lists;
    private readonly RootedPath _root;
    private readonly Lazy<Dictionary<string, (ImageEntry Entry, bool IsTest)>> _images;
    private readonly Lock _reading = new();
    private readonly Dictionary<(int, int), (IReadOnlyList<ImageEntry>, IReadOnlyList<ImageEntry>?)> _known = [];

    /// <summary>Initializes the folder and hashes its lists without parsing them.</summary>
    /// <param name="dataRoots">The data roots, searched in order; data sets must be inside one of them.</param>
    /// <param name="source">The data set as written in the spec, which must name a folder of few-shot lists.</param>
    /// <param name="lists">The images of the data set.</param>
    /// <exception cref="InvalidInputException">The folder does not exist or contains no lists; the message names it.</exception>
    public FewShotFolder(IReadOnlyList<string> dataRoots, DatasetSource source, ImageLists lists)
    {
        (_source, _lists, _root) = (source, lists, new RootedPath(dataRoots));
        _folder = _root.Folder(source.FewShots!);
        var files = Files(_folder);
        Draws = [.. files.Where(file => file.Part == Train).Select(file => (file.Shots, file.Seed)).Order()];
        if (Draws.Length == 0)
            throw new InvalidInputException(
                $"{_folder} has no few-shot lists; put files such as {FileName(16, 1, Train)} and {FileName(16, 1, Validation)} there.");
        _images = new(() => Index(lists));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{file.Name}\0"));
            hash.AppendData(SHA256.HashData(SmallFile.ReadBytes(_root.Contained(Path.Combine(_folder, file.Name)), Advice)));
        }
        Fingerprint = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private const string Advice = "put the list there";

    /// <summary>The real path of the folder.</summary>
    public string Place => _folder;

    /// <summary>The SHA-256 hash of all lists, in lower-case hexadecimal.</summary>
    public string Fingerprint { get; }

    /// <summary>The draws that have a training list.</summary>
    public (int Shots, int Seed)[] Draws { get; }

    /// <summary>Returns the file name of a list.</summary>
    /// <param name="shots">The number of training images per class.</param>
    /// <param name="seed">The seed of the draw.</param>
    /// <param name="part">"train" or "val".</param>
    public static string FileName(int shots, int seed, string part) =>
        string.Create(CultureInfo.InvariantCulture, $"shot_{shots}-seed_{seed}_{part}.jsonl");

    /// <summary>Computes a cheap change stamp of the lists from their names, lengths and last write times.</summary>
    /// <exception cref="InvalidInputException">The folder does not exist.</exception>
    public static string Stamp(IReadOnlyList<string> dataRoots, DatasetSource source)
    {
        var folder = new RootedPath(dataRoots).Folder(source.FewShots!);
        return string.Join('\n', Files(folder).Select(file => new FileInfo(Path.Combine(folder, file.Name)))
            .Select(file => $"{file.Name} {file.Length} {file.LastWriteTimeUtc.Ticks}"));
    }

    /// <summary>Returns the smallest seed that has a training list for a given number of shots.</summary>
    /// <exception cref="InvalidInputException">There are no lists for this number of shots.</exception>
    public int FirstSeed(int shots) => Draws.Where(draw => draw.Shots == shots).Select(draw => draw.Seed).Cast<int?>().FirstOrDefault()
        ?? throw new InvalidInputException($"{_folder} has no lists for {CountText.Of(shots, "shot")}; "
            + $"it has lists for {string.Join(", ", Draws.Select(draw => draw.Shots).Distinct())} shots.");

    /// <summary>Reads the images of a draw, in list order.</summary>
    /// <returns>The two lists. The validation list is null if the data set has no validation images and the folder contains no validation
    /// list.</returns>
    /// <exception cref="InvalidInputException">A list is missing or cannot be used; the message names the file and line.</exception>
    public (IReadOnlyList<ImageEntry> Train, IReadOnlyList<ImageEntry>? Validation) Read(int shots, int seed)
    {
        lock (_reading)
        {
            if (_known.TryGetValue((shots, seed), out var known)) return known;
            var seen = new Dictionary<ImageEntry, string>(ReferenceEqualityComparer.Instance);
            var train = List(shots, seed, Train, shots, seen);
            var needsNone = _lists.Origin == SplitOrigin.ValidationFromTrain
                && !File.Exists(Path.Combine(_folder, FileName(shots, seed, Validation)));
            var validation = needsNone ? null : List(shots, seed, Validation, FewShotSampler.ValidationShots(shots), seen);
            return _known[(shots, seed)] = (train, validation);
        }
    }

    private List<ImageEntry> List(int shots, int seed, string part, int most, Dictionary<ImageEntry, string> seen)
    {
        var name = FileName(shots, seed, part);
        var file = _root.Contained(Path.Combine(_folder, name));
        var entries = new List<ImageEntry>();
        var counts = new int[_lists.ClassNames.Count];
        foreach (var item in FewShotJson.Read(file, Advice))
        {
            InvalidInputException Refused(string what) => new($"{file}, line {item.Line}: {what}.");
            if (item.PathProblem() is { } problem) throw Refused(problem);
            if (!_images.Value.TryGetValue(item.Path, out var found))
                throw Refused($"the data set has no image {Quote(item.Path)}; paths are relative to the data root, such as "
                    + Quote(_lists.PathOf(_lists.Train[0])));
            if (found.IsTest) throw Refused($"{Quote(item.Path)} is a test image of the data set; remove this line");
            var label = found.Entry.Label;
            if (item.Label != label)
                throw Refused($"{Quote(item.Path)} has the label {item.Label}, but {label} in the data set; use the "
                    + "labels of the whole data set");
            if (item.ClassName is { } className && !IsNameOf(className, label))
                throw Refused($"label {label} has the name {Quote(className)}, but {Quote(_lists.ClassNames[label])} in the data set");
            if (!seen.TryAdd(found.Entry, $"{name}, line {item.Line}"))
                throw Refused($"{Quote(item.Path)} is already in {seen[found.Entry]}; list each image once");
            if (++counts[label] > most)
                throw Refused($"class {Quote(_lists.ClassNames[label])} has more than {CountText.Of(most, "image")}");
            entries.Add(found.Entry);
        }
        // A class may have no validation images, for example in a small data set.
        if (part == Train && Array.FindIndex(counts, count => count == 0) is >= 0 and var empty)
            throw new InvalidInputException(
                $"{file}: class {Quote(_lists.ClassNames[empty])} (label {empty}) has no image; list at least one.");
        return entries;
    }

    /// <summary>
    /// Whether a class name in a list matches a label. Underscores and case are ignored, because other projects may write names
    /// differently. If the spec renames the class, the original name also matches.
    /// </summary>
    private bool IsNameOf(string listed, int label)
    {
        var own = _lists.ClassNames[label];
        return Plain(listed) == Plain(own)
            || _source.Names is { } names && names.Any(pair => pair.Value == own && Plain(pair.Key) == Plain(listed));
    }

    private static string Plain(string name) => name.Replace('_', ' ').Trim().ToLowerInvariant();

    private static string Quote(string text) => Training.Files.QuotedText.Of(text);

    private static Dictionary<string, (ImageEntry Entry, bool IsTest)> Index(ImageLists lists)
    {
        var images = new Dictionary<string, (ImageEntry, bool)>(StringComparer.Ordinal);
        foreach (var (split, entry) in lists.Entries()) images[lists.PathOf(entry)] = (entry, split == "test");
        return images;
    }

    private static (string Name, int Shots, int Seed, string Part)[] Files(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder).Select(path => Form().Match(Path.GetFileName(path)))
                .Where(match => match.Success)
                .Select(match => (Name: match.Value, Number(match, 1), Number(match, 2), match.Groups[3].Value))
                .OrderBy(file => file.Name, StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"{folder} cannot be listed: {error.Message}", error);
        }
        static int Number(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^shot_([1-9][0-9]{0,4})-seed_(0|[1-9][0-9]{0,8})_(train|val)\.jsonl\z")]
    private static partial Regex Form();
}
