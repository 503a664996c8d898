using System.Security.Cryptography;
using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Sweeps.Evidence;

/// <summary>What an exported folder says of its job (export.json): all that is needed to classify images by its prompts.</summary>
public sealed record JobExport
{
    /// <summary>The names of the files.</summary>
    public const string FileName = "export.json", PromptsName = "prompts.safetensors", CardName = "README.md", SpecName = "spec.json",
        OnnxName = "model.onnx";

    /// <summary>The version of the form.</summary>
    public const string CurrentFormat = "adaptcluster-export-1";

    /// <summary>Most bytes of export.json: a thousand classes take about 100 KB.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>Most bytes of the prompts.</summary>
    public const long MaxPromptsBytes = 96 << 20;

    /// <summary><see cref="CurrentFormat"/>.</summary>
    public required string Format { get; init; }

    /// <summary>The sweep that it was exported from.</summary>
    public required string Sweep { get; init; }

    /// <summary>The job's id.</summary>
    public required JobId Job { get; init; }

    /// <summary>The version of the trainer.</summary>
    public required string Trainer { get; init; }

    /// <summary>What the job computed, every default written out.</summary>
    public required JobDefinition Definition { get; init; }

    /// <summary>SHA-256 over the hashes of the backbone's files, in hexadecimal: the prompts fit this backbone alone.</summary>
    public required string BackboneSha256 { get; init; }

    /// <summary>SHA-256 of what the data set's images and labels are made from.</summary>
    public required string DatasetSha256 { get; init; }

    /// <summary>The text of a class, "{}" standing for its name.</summary>
    public required string Template { get; init; }

    /// <summary>Names in label order.</summary>
    public required string[] ClassNames { get; init; }

    /// <summary>SHA-256 of <see cref="PromptsName"/>; null for a method that trains nothing, whose folder has no such file.</summary>
    public string? PromptsSha256 { get; init; }

    /// <summary>SHA-256 of <see cref="OnnxName"/>; null where the folder has no such file.</summary>
    public string? OnnxSha256 { get; init; }

    /// <summary>The classes' texts as token ids; null where the backbone's tokenizer was not at hand.</summary>
    public ExportTokens? Tokens { get; init; }

    /// <summary>What the job found.</summary>
    public required ExportNumbers Result { get; init; }

    /// <summary>What files beside this one say of the job themselves, as texts by name.</summary>
    /// <param name="format">The form of the file.</param>
    public Dictionary<string, string> Labels(string format) => new()
    {
        ["format"] = format,
        ["job"] = Job.Value,
        ["method"] = Definition.Method,
        ["backbone"] = Definition.Backbone,
        ["backbone.sha256"] = BackboneSha256,
        ["dataset"] = Definition.Dataset.Name,
        ["template"] = Template,
        ["trainer"] = Trainer,
    };

    /// <summary>The SHA-256 of a file's bytes, in lower-case hexadecimal.</summary>
    public static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Reads an exported folder. Nothing in it is trusted: sizes, hashes and numbers are checked.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="read">Reads a file of it up to a number of bytes; throws where it is larger or missing.</param>
    /// <returns>What it says, and the prompts; null for a method that trains nothing.</returns>
    /// <exception cref="InvalidInputException">It is damaged, or of a later version.</exception>
    public static (JobExport Export, byte[]? Prompts) Read(string folder, Func<string, long, byte[]> read)
    {
        var export = Parse(read(FileName, MaxBytes), $"{folder}/{FileName}");
        if (export.PromptsSha256 is not { } expected) return (export, null);
        var prompts = read(PromptsName, MaxPromptsBytes);
        return Sha256(prompts) == expected ? (export, prompts) : throw new InvalidInputException(
            $"{folder}/{PromptsName}: its SHA-256 is {Sha256(prompts)}, and {FileName} names {expected}; export the job again.");
    }

    private static JobExport Parse(byte[] json, string source)
    {
        JobExport? export;
        try
        {
            export = JsonSerializer.Deserialize<JobExport>(json, AdaptClusterJson.Stored);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidInputException($"{source}: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}; export the job again.", e);
        }
        var problem = export switch
        {
            null => "holds null",
            { Format: not CurrentFormat } => $"format is '{PrintableText.OneLine(export.Format)}', '{CurrentFormat}' expected",
            { ClassNames: null or [] } => "classNames is empty",
            { ClassNames.Length: > SplitPredictions.MaxClasses } => $"classNames has more than {SplitPredictions.MaxClasses} names",
            _ when Array.Exists(export.ClassNames, name => name is null) => "classNames holds null",
            { Template: null } or { Definition: null } or { BackboneSha256: null } => "template, definition or backboneSha256 is null",
            { Definition: { Method: null } or { Backbone: null } or { Dataset: null } } =>
                "definition lacks its method, backbone or dataset",
            _ => null,
        };
        return problem is null ? export! : throw new InvalidInputException($"{source}: {problem}; export the job again.");
    }
}

/// <summary>
/// The parts of the classes' texts as the backbone's tokenizer gives them. The whole text of class i is start, before, named[i], end; a
/// method with a context of its own has that in place of "before".
/// </summary>
/// <param name="Start">The token that texts start with.</param>
/// <param name="End">The token that they end with; features are taken there.</param>
/// <param name="Before">Tokens of the template's words in front of the name.</param>
/// <param name="Named">Tokens of each class's name with the words behind it.</param>
public sealed record ExportTokens(int Start, int End, int[] Before, int[][] Named);

/// <summary>The numbers of a job.</summary>
public sealed record ExportNumbers
{
    /// <summary>Test images classified right, and test images.</summary>
    public required int TestCorrect { get; init; }

    /// <inheritdoc cref="TestCorrect"/>
    public required int TestTotal { get; init; }

    /// <summary>Validation images classified right, and validation images.</summary>
    public required int ValidationCorrect { get; init; }

    /// <inheritdoc cref="ValidationCorrect"/>
    public required int ValidationTotal { get; init; }

    /// <summary>Entries of the trained tensors that are left.</summary>
    public required long TrainableParameters { get; init; }

    /// <summary>Live context tokens of the image branch.</summary>
    public required int ImageContextTokens { get; init; }

    /// <summary>Live context tokens of the text branch.</summary>
    public required int TextContextTokens { get; init; }
}
