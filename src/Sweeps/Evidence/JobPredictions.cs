using System.IO.Compression;
using System.Text;
using AdaptCluster.Contracts;

namespace AdaptCluster.Sweeps.Evidence;

/// <summary>
/// A finished job's predictions for each validation and test image, with the class names. Per-class accuracies, confusion matrices and
/// calibration can be computed from this record, without any other data.
/// </summary>
public sealed record JobPredictions
{
    /// <summary>The maximum compressed size, in bytes; larger predictions are not stored. A million images take about 4 MB.</summary>
    public const int MaxBytes = 16 << 20;

    private const int ManifestBytes = 32, MaxImages = 16 << 20, MaxTextBytes = 4096, MaxTargets = 1000;

    // "ACP" and the version of the format.
    private static readonly byte[] Magic = "ACP1"u8.ToArray();

    /// <summary>The class names in label order; two classes can have the same name.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>The text for a class; "{}" is replaced by the class name.</summary>
    public required string Template { get; init; }

    /// <summary>The predictions for the validation images of the few-shot split.</summary>
    public required SplitPredictions Validation { get; init; }

    /// <summary>The predictions for the test images.</summary>
    public required SplitPredictions Test { get; init; }

    /// <summary>
    /// The predictions for the evaluation targets; empty if there are none, or if the version that ran the job did not store them.
    /// </summary>
    public IReadOnlyList<TargetPredictions> Targets { get; init; } = [];

    /// <summary>Returns the compressed form. An image takes six bytes before compression, and about half as many after it.</summary>
    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        bytes.Write(Magic);
        using (var compressed = new BrotliStream(bytes, CompressionLevel.Optimal, leaveOpen: true))
        using (var writer = new BinaryWriter(compressed, Encoding.UTF8))
        {
            WriteClasses(writer, Template, ClassNames);
            Write(writer, Validation);
            Write(writer, Test);
            // Versions without targets stop reading here. If there are none, nothing is written, so that equal results have equal bytes.
            if (Targets.Count > 0) writer.Write(Targets.Count);
            foreach (var target in Targets)
            {
                writer.Write(target.Name);
                WriteClasses(writer, target.Template, target.ClassNames);
                Write(writer, target.Test);
            }
        }
        return bytes.ToArray();
    }

    /// <summary>Reads predictions from the bytes that <see cref="ToBytes"/> returned.</summary>
    /// <exception cref="InvalidInputException">The bytes are damaged, or were written by a later version.</exception>
    public static JobPredictions Read(byte[] bytes)
    {
        if (!bytes.AsSpan().StartsWith(Magic))
            throw new InvalidInputException("the stored predictions have a format that this version cannot read; use a newer version.");
        try
        {
            using var compressed = new BrotliStream(new MemoryStream(bytes, Magic.Length, bytes.Length - Magic.Length),
                CompressionMode.Decompress);
            using var reader = new BinaryReader(compressed, Encoding.UTF8);
            var (template, names) = ReadClasses(reader);
            return new JobPredictions
            {
                Template = template,
                ClassNames = names,
                Validation = ReadSplit(reader, names.Count),
                Test = ReadSplit(reader, names.Count),
                Targets = ReadTargets(reader),
            };
        }
        catch (Exception e) when (e is IOException or InvalidDataException or FormatException or InvalidOperationException)
        {
            throw new InvalidInputException($"the stored predictions are damaged ({e.Message.ReplaceLineEndings(" ").TrimEnd('.')}).", e);
        }
    }

    private static List<TargetPredictions> ReadTargets(BinaryReader reader)
    {
        Span<byte> number = stackalloc byte[sizeof(int)];
        var first = reader.Read(number);
        if (first == 0) return [];
        reader.BaseStream.ReadExactly(number[first..]);
        var count = Bounded(System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(number), MaxTargets);
        var targets = new List<TargetPredictions>();
        for (var i = 0; i < count; i++)
        {
            var name = Text(reader);
            var (template, names) = ReadClasses(reader);
            targets.Add(new(name, template, names, ReadSplit(reader, names.Count)));
        }
        return targets;
    }

    private static void WriteClasses(BinaryWriter writer, string template, IReadOnlyList<string> names)
    {
        writer.Write(template);
        writer.Write(names.Count);
        foreach (var name in names) writer.Write(name);
    }

    private static (string Template, List<string> Names) ReadClasses(BinaryReader reader)
    {
        var template = Text(reader);
        var classes = Bounded(reader.ReadInt32(), SplitPredictions.MaxClasses);
        var names = new List<string>();
        for (var i = 0; i < classes; i++) names.Add(Text(reader));
        return (template, names);
    }

    private static void Write(BinaryWriter writer, SplitPredictions split)
    {
        writer.Write(Convert.FromHexString(split.Manifest));
        writer.Write(split.Count);
        foreach (var values in (ushort[][])[split.Labels, split.Predicted, split.Confidence]) Write(writer, values);
    }

    /// <summary>Writes the high bytes before the low bytes: similar bytes are then adjacent, which compresses better.</summary>
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
            throw new InvalidDataException($"a label is out of range for {classes} classes");
        return new SplitPredictions { Manifest = manifest, Labels = labels, Predicted = predicted, Confidence = confidence };
    }

    private static string Text(BinaryReader reader)
    {
        var length = Bounded(reader.Read7BitEncodedInt(), MaxTextBytes);
        return Encoding.UTF8.GetString(Bytes(reader, length));
    }

    private static byte[] Bytes(BinaryReader reader, int count)
    {
        // ReadBytes allocates as bytes arrive, so a corrupt count cannot allocate much memory.
        var bytes = reader.ReadBytes(count);
        return bytes.Length == count ? bytes : throw new EndOfStreamException("the data ends unexpectedly");
    }

    private static int Bounded(int value, int most) =>
        value >= 0 && value <= most ? value : throw new InvalidDataException($"{value} is out of range");
}

/// <summary>A job's predictions for one evaluation target.</summary>
/// <param name="Name">The target's name.</param>
/// <param name="Template">The text for a class; "{}" is replaced by the class name.</param>
/// <param name="ClassNames">The target's class names in label order.</param>
/// <param name="Test">The predictions for the test images.</param>
public sealed record TargetPredictions(string Name, string Template, IReadOnlyList<string> ClassNames, SplitPredictions Test);
