using System.Globalization;
using System.Text;
using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Evidence;

namespace AdaptCluster.Client.Output;

/// <summary>The model card of an exported job, in Markdown.</summary>
internal static class ModelCard
{
    /// <summary>The default value of the licence field, because the program cannot determine the licence.</summary>
    public const string NoLicence = "not stated";

    /// <summary>Returns the model card as Markdown.</summary>
    /// <param name="export">The job.</param>
    /// <param name="description">The job's description.</param>
    /// <param name="licence">The licence field.</param>
    public static string Of(JobExport export, string description, string licence)
    {
        var (job, numbers) = (export.Definition, export.Result);
        var text = new StringBuilder();
        void Line(string line = "") => text.Append(line).Append('\n');
        Line($"# {Text(description)}");
        Line();
        Line(export.PromptsSha256 is null
            ? $"The method `{job.Method}` involves no training: the backbone classifies with the class names and the template below."
            : $"Prompts for a frozen CLIP, trained by AdaptCluster with the method `{job.Method}`; they are in `{JobExport.PromptsName}`.");
        Line();
        if (export.OnnxSha256 is not null)
        {
            Line($"`{JobExport.OnnxName}` is the whole classifier, from pixels to logits, for ONNX runtimes.");
            Line();
        }
        Line("| | |");
        Line("| --- | --- |");
        Line($"| Backbone | {Text(job.Backbone)}, SHA-256 `{export.BackboneSha256}` |");
        Line($"| Data set | {Text(job.Dataset.Name)}, {CountText.Of(export.ClassNames.Length, "class", "classes")}, "
            + $"SHA-256 `{export.DatasetSha256}` |");
        Line($"| Template | {Text(export.Template)} |");
        Line(job.Train is null ? "| Protocol | no training |"
            : $"| Protocol | {CountText.Of(job.Shots, "training image")} per class, seed {job.Seed}, the last epoch's prompts |");
        Line($"| Test accuracy | {Share(numbers.TestCorrect, numbers.TestTotal)} |");
        Line($"| Validation accuracy | {Share(numbers.ValidationCorrect, numbers.ValidationTotal)} |");
        Line($"| Trained parameters | {numbers.TrainableParameters.ToString("N0", CultureInfo.InvariantCulture)} |");
        Line($"| Context tokens | {numbers.ImageContextTokens} image, {numbers.TextContextTokens} text |");
        Line($"| Job | `{export.Job}` of sweep {Text(export.Sweep)}, trainer version {export.Trainer} |");
        Line($"| Licence | {Text(licence)} |");
        Line();
        Line("The numbers are from one run (n = 1); another seed gives different numbers. "
            + $"`{JobExport.FileName}` contains class names, hashes and all settings; `{JobExport.SpecName}` is the sweep's spec.");
        return text.ToString();
    }

    private static string Share(int correct, int total) => total == 0 ? "-" : string.Create(CultureInfo.InvariantCulture,
        $"{100.0 * correct / total:F2} % ({correct} of {CountText.Of(total, "image")})");

    /// <summary>Escapes a name from a spec or a file, which may contain Markdown syntax.</summary>
    internal static string Text(string text) => string.Concat(PrintableText.OneLine(text).Select(c =>
        c is '\\' or '|' or '`' or '*' or '_' or '<' or '[' or ']' or '#' ? $"\\{c}" : $"{c}"));
}
