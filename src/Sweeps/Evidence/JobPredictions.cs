using System.IO.Compression;
using System.Text;
using AdaptCluster.Contracts;

namespace AdaptCluster.Sweeps.Evidence;

/// <summary>
/// What a finished job predicted for each validation and test image, with the classes that it chose from: per-class accuracies, confusion
/// matrices and calibration follow from it alone.
/// </summary>
public sealed record JobPredictions
{
    /// <summary>Most bytes of the compressed form; a job with more keeps none. A million images take about 4 MB.</summary>
    public const int MaxBytes = 16 << 20;

    private const int ManifestBytes = 32, MaxImages = 16 << 20, MaxTextBytes = 4096;

    // "ACP" and the version of the form.
    private static readonly byte[] Magic = "ACP1"u8.ToArray();

    /// <summary>Names in label order; two classes may have the same name.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>The text of a class, "{}" standing for its name.</summary>
    public required string Template { get; init; }

    /// <summary>The validation shots.</summary>
    public required SplitPredictions Validation { get; init; }

    /// <summary>The test split.</summary>
    public required SplitPredictions Test { get; init; }

    /// <summary>The compressed form: five or six bytes an image before compression, about half of that after it.</summary>
    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        bytes.Write(Magic);
        using (var compressed = new BrotliStream(bytes, CompressionLevel.Optimal, leaveOpen: true))
        using (var writer = new BinaryWriter(compressed, Encoding.UTF8))
        {
            writer.Write(Template);
            writer.Write(ClassNames.Count);
            foreach (var name in ClassNames) writer.Write(name);
            Write(writer, Validation);
            Write(writer, Test);
        }
        return bytes.ToArray();
    }

    /// <summary>Reads what <see cref="ToBytes"/> gave.</summary>
    /// <exception cref="InvalidInputException">The bytes are damaged, or of a later version.</exception>
    public static JobPredictions Read(byte[] bytes)
    {
        if (!bytes.AsSpan().StartsWith(Magic))
            throw new InvalidInputException("the stored predictions are not in a form that this version reads; use a newer program.");
        try
        {
            using var compressed = new BrotliStream(new MemoryStream(bytes, Magic.Length, bytes.Length - Magic.Length),
                CompressionMode.Decompress);
            using var reader = new BinaryReader(compressed, Encoding.UTF8);
            var template = Text(reader);
            var classes = Bounded(reader.ReadInt32(), SplitPredictions.MaxClasses);
            var names = new List<string>();
            for (var i = 0; i < classes; i++) names.Add(Text(reader));
            return new JobPredictions
            {
                Template = template,
                ClassNames = names,
                Validation = ReadSplit(reader, classes),
                Test = ReadSplit(reader, classes),
            };
        }
        catch (Exception e) when (e is IOException or InvalidDataException or FormatException or InvalidOperationException)
        {
            throw new InvalidInputException($"the stored predictions are damaged ({e.Message.ReplaceLineEndings(" ").TrimEnd('.')}).", e);
        }
    }

    private static void Write(BinaryWriter writer, SplitPredictions split)
    {
        writer.Write(Convert.FromHexString(split.Manifest));
        writer.Write(split.Count);
        foreach (var values in (ushort[][])[split.Labels, split.Predicted, split.Confidence]) Write(writer, values);
    }

    /// <summary>High bytes first, then low ones: bytes that mean the same lie together, which compresses better.</summary>
    private static void Write(BinaryWriter writer, ushort[] values)
    {
        writer.Write(Array.ConvertAll(values, value => (byte)(value >> 8)));
        writer.Write(Array.ConvertAll(values, value => (byte)value));
    }

    private static SplitPredictions ReadSplit(BinaryReader reader, int classes)
    {
        var manifest = Convert.ToHexStringLower(Bytes(reader, ManifestBytes));
        var count = Bounded(reader.ReadInt32(), MaxImages);
        ushort[] Values()
        {
            var (high, low) = (Bytes(reader, count), Bytes(reader, count));
            return [.. high.Zip(low, (h, l) => (ushort)((h << 8) | l))];
        }
        var (labels, predicted, confidence) = (Values(), Values(), Values());
        if (Array.Exists(labels, label => label >= classes) || Array.Exists(predicted, label => label >= classes))
            throw new InvalidDataException($"a label is beyond the {classes} classes");
        return new SplitPredictions { Manifest = manifest, Labels = labels, Predicted = predicted, Confidence = confidence };
    }

    private static string Text(BinaryReader reader)
    {
        var length = Bounded(reader.Read7BitEncodedInt(), MaxTextBytes);
        return Encoding.UTF8.GetString(Bytes(reader, length));
    }

    private static byte[] Bytes(BinaryReader reader, int count)
    {
        // Grows as bytes come, so that a wrong number takes no memory.
        var bytes = reader.ReadBytes(count);
        return bytes.Length == count ? bytes : throw new EndOfStreamException("they end too early");
    }

    private static int Bounded(int value, int most) =>
        value >= 0 && value <= most ? value : throw new InvalidDataException($"{value} is out of range");
}
