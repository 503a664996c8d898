using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Datasets;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Images;

namespace AdaptCluster.Swatch;

/// <summary>
/// A text file with a class and a grey value in each line, which is a picture of one colour. The images are for training, validation and
/// test alike.
/// </summary>
public sealed class SwatchFormat : DatasetFormat, IDatasetOpener
{
    /// <inheritdoc/>
    public override string Name => "swatch";

    /// <inheritdoc/>
    public override string Description => "a text file with a class and a grey value in each line.";

    /// <inheritdoc/>
    public override bool NeedsPath => true;

    /// <inheritdoc/>
    public IDataset Open(IReadOnlyList<string> dataRoots, DatasetSource source)
    {
        var (file, swatches) = (At(dataRoots, source), new List<(string Class, byte Grey)>());
        foreach (var line in File.ReadLines(file))
        {
            if (line.Split(' ') is not [var name, var grey] || !byte.TryParse(grey, CultureInfo.InvariantCulture, out var value))
                throw new InvalidInputException(
                    $"{file}, line {swatches.Count + 1}: found '{line}'; write a class and a grey from 0 to 255.");
            swatches.Add((name, value));
        }
        return new Swatches(swatches, TextHash.Of(string.Join('\n', swatches)));
    }

    /// <inheritdoc/>
    public string Stamp(IReadOnlyList<string> dataRoots, DatasetSource source) =>
        $"{File.GetLastWriteTimeUtc(At(dataRoots, source)).Ticks}";

    // A spec comes from anyone who may submit one: it must not reach files outside the data roots.
    private static string At(IReadOnlyList<string> dataRoots, DatasetSource source) => new RootedPath(dataRoots).File(source.Path!);

    private sealed class Swatches : IDataset, IImageSplit
    {
        private readonly byte[] _greys;

        public Swatches(IReadOnlyList<(string Class, byte Grey)> swatches, string fingerprint)
        {
            string[] classes = [.. swatches.Select(swatch => swatch.Class).Distinct()];
            ClassNames = classes;
            Labels = [.. swatches.Select(swatch => Array.IndexOf(classes, swatch.Class))];
            _greys = [.. swatches.Select(swatch => swatch.Grey)];
            Fingerprint = fingerprint;
        }

        public IReadOnlyList<string> ClassNames { get; }

        public IReadOnlyList<int> Labels { get; }

        public string Fingerprint { get; }

        public (int Train, int Validation, int Test) Counts(int shots) => (Labels.Count, Labels.Count, Labels.Count);

        public IReadOnlyList<string> Texts(string? template) =>
            [.. ClassNames.Select(name => (template ?? DatasetSource.DefaultTemplate).Replace("{}", name, StringComparison.Ordinal))];

        public FewShotData Load(int shots, int seed, string? template) => new()
        {
            ClassNames = ClassNames,
            Template = template ?? DatasetSource.DefaultTemplate,
            Train = this,
            Validation = this,
            Test = this,
        };

        public RgbImage Load(int index) => new(1, 1, [_greys[index], _greys[index], _greys[index]]);
    }
}
