using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AdaptCluster.Client.Commands;
using AdaptCluster.Client.Output;
using AdaptCluster.Contracts;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Hosting;
using AdaptCluster.Silo.Library;
using AdaptCluster.Sweeps.Reports;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Jobs;

namespace AdaptCluster.Local.Commands;

/// <summary><c>sweep predict PROMPTS IMAGE...</c>: classifies images with the prompts that a job trained.</summary>
internal static class PredictCommand
{
    public static Command Create()
    {
        var prompts = new Argument<string>("PROMPTS")
        {
            Description = "A folder written by 'sweep export'; with --job: a sweep's id, an unambiguous prefix of it, or 'latest'.",
        };
        var images = new Argument<string[]>("IMAGES")
        {
            Description = "Image files, or folders, which are searched recursively for images.",
            Arity = ArgumentArity.OneOrMore,
        };
        var job = new Option<string?>("--job")
        {
            Description = "A job of a sweep in the home folder: its id, or an unambiguous prefix of it.",
        };
        var format = new Option<string>("--format")
        {
            Description = "The output format: text, csv or json.",
            DefaultValueFactory = _ => "text",
        }.OneOf("text", "csv", "json");
        var json = CommonOptions.Json();
        var command = new Command("predict",
            "Classifies images with a job's trained prompts. Images that cannot be read are reported and skipped, with exit code 1.")
        {
            prompts, images, job, format, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var settings = HostSettings.FromEnvironment().Silo;
            var files = ImageArguments.Find(parsed.GetValue(images)!);
            var source = await PromptSource.OpenAsync(parsed.GetValue(prompts)!, parsed.GetValue(job), cancellation);
            var found = Predict(settings, source, files, cancellation);
            foreach (var (image, reason) in found.Skipped)
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"{PrintableText.OneLine(image)}: skipped: {reason}");
            Write(parsed.InvocationConfiguration.Output, found, parsed.GetValue(json) ? "json" : parsed.GetValue(format)!);
            return found.Skipped.Count == 0 ? SweepCommand.Success : SweepCommand.Failure;
        });
        return command;
    }

    private static Found Predict(SiloSettings settings, PromptSource source, IReadOnlyList<string> files, CancellationToken cancellation)
    {
        using var library = new TrainingLibrary(settings);
        var backbone = LocalBackbones.Of(library, source.Trained.Job.Backbone, source.BackboneSha256);
        using var predictor = new PromptPredictor(
            backbone.Model, backbone.Tokenizer, backbone.Preprocessor, source.Trained, settings.KnownMethods);
        var found = new Found([], []);
        foreach (var batch in files.Chunk(PromptPredictor.Batch))
        {
            cancellation.ThrowIfCancellationRequested();
            var read = new List<(string File, RgbImage Image)>();
            foreach (var file in batch)
            {
                try
                {
                    read.Add((file, ImageFile.Decode(file)));
                }
                catch (InvalidInputException e)
                {
                    found.Skipped.Add((file, PrintableText.OneLine(e.Message.ReplaceLineEndings(" "))));
                }
            }
            foreach (var ((file, _), logits) in read.Zip(predictor.Logits([.. read.Select(one => one.Image)])))
            {
                var (label, probability) = PromptPredictor.Best(logits);
                found.Images.Add((file, label, source.Trained.ClassNames[label], probability));
            }
        }
        return found;
    }

    private static void Write(TextWriter output, Found found, string format)
    {
        switch (format)
        {
            case "json":
                output.WriteLine(JsonSerializer.Serialize(new
                {
                    Images = found.Images.Select(one => new
                    {
                        Image = one.File,
                        one.Label,
                        Class = one.Name,
                        Probability = Math.Round(one.Probability, 6),
                    }),
                    Skipped = found.Skipped.Select(one => new { Image = one.File, one.Reason }),
                }, AdaptClusterJson.Indented));
                break;
            case "csv":
                output.WriteLine("image,label,class,probability");
                foreach (var (file, label, name, probability) in found.Images)
                {
                    output.WriteLine(string.Join(',', new[]
                    {
                        file, label.ToString(CultureInfo.InvariantCulture), name, Number(probability),
                    }.Select(TableWriter.Quote)));
                }
                break;
            default:
                TextTable.Write(output, ["image", "class", "probability"], found.Images.Select(one => (string[])
                [
                    PrintableText.OneLine(one.File), PrintableText.OneLine(one.Name), Number(one.Probability),
                ]));
                break;
        }
    }

    private static string Number(double probability) => probability.ToString("F4", CultureInfo.InvariantCulture);

    private sealed record Found(
        List<(string File, int Label, string Name, double Probability)> Images, List<(string File, string Reason)> Skipped);
}
