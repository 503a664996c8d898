using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Evidence;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Output;

/// <summary>Writes a job's predictions for one split.</summary>
/// <param name="output">The writer that receives the text.</param>
/// <param name="sweep">The sweep.</param>
/// <param name="job">The job.</param>
/// <param name="split">The name of the split, such as "test".</param>
/// <param name="found">The statistics on the predictions.</param>
/// <param name="names">The paths of the images in the data set; null if they are unknown on this machine.</param>
internal sealed class PredictionsWriter(
    TextWriter output, SweepId sweep, JobStatus job, string split, SplitAnalysis found, IReadOnlyList<string>? names)
{
    /// <summary>
    /// The limits for the text format: the maximum number of classes for which it shows a confusion matrix, and the maximum number of
    /// misclassified images that it lists.
    /// </summary>
    private const int MatrixClasses = 20, Shown = 20;

    /// <summary>Writes the predictions.</summary>
    /// <param name="format">The format: text, csv or json.</param>
    public void Write(string format)
    {
        switch (format)
        {
            case "csv": Csv(); break;
            case "json": Json(); break;
            default: Text(); break;
        }
    }

    private SplitPredictions Split => found.Split;

    private void Text()
    {
        output.WriteLine($"{job.Id}: {job.Description}");
        output.WriteLine($"{split}: {Share(Split.Correct, Split.Count)} correct ({Split.Correct} of {CountText.Of(Split.Count, "image")})");
        if (found is { CalibrationError: { } error, Brier: { } brier })
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"calibration of the predicted class: ECE {error:F4} ({SplitAnalysis.Bins} bins of equal width), Brier {brier:F4}"));
        }
        string[] headers = ["class", "images", "correct", "correct %", "predicted", "most confused with"];
        TextTable.Write(output, headers, found.Classes.Select(c => (string[])
        [
            Name(c.Label), $"{c.Images}", $"{c.Correct}", c.Images == 0 ? "-" : Percent(c.Correct, c.Images), $"{c.Predicted}",
            c.MostConfusedWith is { } other ? $"{Name(other)} ({found.Confused(c.Label, other)})" : "",
        ]));
        if (found.ClassNames.Count <= MatrixClasses)
        {
            output.WriteLine("confusion matrix: a row for each class, a column for each predicted class");
            TextTable.Write(output, ["", .. found.Classes.Select(c => Name(c.Label))], found.Matrix()!.Select((row, label) =>
                (string[])[Name(label), .. row.Select(count => count.ToString(CultureInfo.InvariantCulture))]));
        }
        if (found.Misclassified.Count == 0) return;
        output.WriteLine($"{CountText.Of(found.Misclassified.Count, "misclassified image")}:");
        TextTable.Write(output, ["image", "class", "predicted", "probability"], found.Misclassified.Take(Shown).Select(i => (string[])
        [
            Image(i), Name(Split.Labels[i]), Name(Split.Predicted[i]), Split.Probability(i).ToString("F4", CultureInfo.InvariantCulture),
        ]));
        if (found.Misclassified.Count > Shown)
            output.WriteLine($"and {found.Misclassified.Count - Shown} more; --format csv or json prints all.");
    }

    private void Csv()
    {
        output.WriteLine("image,path,class,predicted,probability,right");
        for (var i = 0; i < Split.Count; i++)
        {
            output.WriteLine(string.Join(',', new[]
            {
                i.ToString(CultureInfo.InvariantCulture), names?[i] ?? "", found.ClassNames[Split.Labels[i]],
                found.ClassNames[Split.Predicted[i]], Probability(i), Split.Labels[i] == Split.Predicted[i] ? "true" : "false",
            }.Select(TableWriter.Quote)));
        }
    }

    private void Json() => output.WriteLine(JsonOutput.Node(new
    {
        Job = job.Id,
        job.Description,
        Split = split,
        Split.Manifest,
        Images = Split.Count,
        Split.Correct,
        Accuracy = Split.Count == 0 ? (double?)null : 100.0 * Split.Correct / Split.Count,
        Calibration = new
        {
            Of = "the predicted class",
            ExpectedCalibrationError = found.CalibrationError,
            SplitAnalysis.Bins,
            found.Brier,
        },
        Classes = found.Classes.Select(c => new
        {
            c.Label,
            c.Name,
            c.Images,
            c.Correct,
            Accuracy = c.Images == 0 ? (double?)null : 100.0 * c.Correct / c.Images,
            c.Predicted,
            c.MostConfusedWith,
        }),
        Confusion = found.Matrix(),
        Misclassified = found.Misclassified.Select(i => new
        {
            Image = i,
            Path = names?[i],
            Label = (int)Split.Labels[i],
            Predicted = (int)Split.Predicted[i],
            Probability = Math.Round(Split.Probability(i), 5),
        }),
    }, sweep)!.ToJsonString(AdaptClusterJson.Indented));

    /// <summary>Sanitises a name from a file or spec, which may contain terminal control sequences.</summary>
    private string Name(int label) => PrintableText.OneLine(found.ClassNames[label]);

    private string Image(int index) => names is null ? $"{index}" : PrintableText.OneLine(names[index]);

    private string Probability(int index) => Split.Probability(index).ToString("F5", CultureInfo.InvariantCulture);

    private static string Share(int correct, int total) => total == 0 ? "-" : $"{Percent(correct, total)} %";

    private static string Percent(int correct, int total) => (100.0 * correct / total).ToString("F2", CultureInfo.InvariantCulture);
}
