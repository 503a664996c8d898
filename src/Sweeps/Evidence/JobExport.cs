using System.Security.Cryptography;
using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Sweeps.Evidence;

/// <summary>
/// The description of a job in its export folder (export.json), with everything needed to classify images with its prompts.
/// </summary>
public sealed record JobExport
{
    /// <summary>The names of the files in the folder.</summary>
    public const string FileName = "export.json", PromptsName = "prompts.safetensors", CardName = "README.md", SpecName = "spec.json",
        OnnxName = "model.onnx";

    /// <summary>The version of the file format.</summary>
    public const string CurrentFormat = "adaptcluster-export-1";

    /// <summary>The maximum size of export.json, in bytes: a thousand classes take about 100 KB.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>The maximum size of the prompts, in bytes.</summary>
    public const long MaxPromptsBytes = 96 << 20;

    /// <summary>The version of the file format: <see cref="CurrentFormat"/>.</summary>
    public required string Format { get; init; }

    /// <summary>The sweep that the job was exported from.</summary>
    public required string Sweep { get; init; }

    /// <summary>The job's id.</summary>
    public required JobId Job { get; init; }

    /// <summary>The version of the trainer.</summary>
    public required string Trainer { get; init; }

    /// <summary>The job's definition, with every default written out.</summary>
    public required JobDefinition Definition { get; init; }

    /// <summary>SHA-256 over the hashes of the backbone's files, in hexadecimal. The prompts fit only this backbone.</summary>
    public required string BackboneSha256 { get; init; }

    /// <summary>The SHA-256 hash that identifies the data set's images and labels.</summary>
    public required string DatasetSha256 { get; init; }

    /// <summary>The text for a class; "{}" is replaced by the class name.</summary>
    public required string Template { get; init; }

    /// <summary>The class names in label order.</summary>
    public required string[] ClassNames { get; init; }

    /// <summary>SHA-256 of <see cref="PromptsName"/>; null for a method without training, whose folder does not contain the file.</summary>
    public string? PromptsSha256 { get; init; }

    /// <summary>SHA-256 of <see cref="OnnxName"/>; null if the folder does not contain the file.</summary>
    public string? OnnxSha256 { get; init; }

    /// <summary>The token ids of the class texts; null if the backbone's tokenizer was not available.</summary>
    public ExportTokens? Tokens { get; init; }

    /// <summary>The job's result.</summary>
    public required ExportNumbers Result { get; init; }

    /// <summary>Returns the metadata about the job that is written into the folder's other files, keyed by name.</summary>
    /// <param name="format">The format version of the file that contains the metadata.</param>
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

    /// <summary>Returns the SHA-256 of a file's bytes, in lower-case hexadecimal.</summary>
    public static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Reads an export folder. Its contents are not trusted: sizes, hashes and numbers are checked.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="read">A function that reads a file in the folder, given its name and maximum size in bytes. It throws if the file is
    /// larger or missing.</param>
    /// <returns>The description and the prompts; the prompts are null for a method without training.</returns>
    /// <exception cref="InvalidInputException">The folder is damaged, or was written by a later version.</exception>
    public static (JobExport Export, byte[]? Prompts) Read(string folder, Func<string, long, byte[]> read)
    {
        var export = Parse(read(FileName, MaxBytes), $"{folder}/{FileName}");
        if (export.PromptsSha256 is not { } expected) return (export, null);
        var prompts = read(PromptsName, MaxPromptsBytes);
        return Sha256(prompts) == expected ? (export, prompts) : throw new InvalidInputException(
            $"{folder}/{PromptsName}: its SHA-256 is {Sha256(prompts)}, but {FileName} states {expected}; export the job again.");
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
            null => "the file contains only null",
            { Format: not CurrentFormat } => $"format is '{PrintableText.OneLine(export.Format)}', but must be '{CurrentFormat}'",
            { ClassNames: null or [] } => "classNames is empty",
            { ClassNames.Length: > SplitPredictions.MaxClasses } => $"classNames has more than {SplitPredictions.MaxClasses} names",
            _ when Array.Exists(export.ClassNames, name => name is null) => "classNames contains null",
            { Template: null } or { Definition: null } or { BackboneSha256: null } => "template, definition or backboneSha256 is null",
            { Definition: { Method: null } or { Backbone: null } or { Dataset: null } } =>
                "definition lacks a method, backbone or dataset",
            _ => null,
        };
        return problem is null ? export! : throw new InvalidInputException($"{source}: {problem}; export the job again.");
    }
}

/// <summary>
/// The token ids of the class texts, produced by the backbone's tokenizer and split into parts. The whole text of class i is start, before,
/// named[i], end. A method with its own context uses it in place of "before".
/// </summary>
/// <param name="Start">The start-of-text token.</param>
/// <param name="End">The end-of-text token; text features are taken at its position.</param>
/// <param name="Before">The tokens of the template's words before the class name.</param>
/// <param name="Named">For each class, the tokens of its name and of the template's words after it.</param>
public sealed record ExportTokens(int Start, int End, int[] Before, int[][] Named);

/// <summary>The result of a job.</summary>
public sealed record ExportNumbers
{
    /// <summary>The number of test images classified correctly.</summary>
    public required int TestCorrect { get; init; }

    /// <summary>The number of test images.</summary>
    public required int TestTotal { get; init; }

    /// <summary>The number of validation images classified correctly.</summary>
    public required int ValidationCorrect { get; init; }

    /// <summary>The number of validation images.</summary>
    public required int ValidationTotal { get; init; }

    /// <summary>The number of trained parameters that remain at the end, after pruning.</summary>
    public required long TrainableParameters { get; init; }

    /// <summary>The number of live context tokens in the image branch.</summary>
    public required int ImageContextTokens { get; init; }

    /// <summary>The number of live context tokens in the text branch.</summary>
    public required int TextContextTokens { get; init; }
}
