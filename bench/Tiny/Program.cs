// Chance, zero-shot, a linear probe and Adapt on the drawn data sets: means over seeds, and what the adaptive row would choose.
// Run: dotnet run -c Release --project bench/Tiny [-- --sets tiny-kinds,tiny-foggy --targets 24,12,6 --seeds 1,2,3 --device cpu|cuda]
// Contact sheets: dotnet run -c Release --project bench/Tiny -- --sheets docs/images
using System.Diagnostics;
using System.Globalization;
using AdaptCluster.Bench;
using AdaptCluster.Bench.Tiny;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Drawing;
using TorchSharp;

var options = BenchOptions.Parse(new BenchArguments(args));
torch.set_num_threads(1);
if (options.Sheets is { } folder) WriteSheets(options, folder);
else Measure(options);

static void WriteSheets(BenchOptions options, string folder)
{
    Directory.CreateDirectory(folder);
    ContactSheet.WritePretraining(folder);
    foreach (var set in options.Sets) ContactSheet.WriteSet(set, folder);
}

static void Measure(BenchOptions options)
{
    using var model = ClipModel.Load(options.Model, options.Device);
    var (start, end) = (model.Config.VocabularySize - 2, model.Config.VocabularySize - 1);
    var tokenizer = ClipTokenizer.Load(options.Model, model.Config.ContextLength, start, end);
    Console.WriteLine($"One image is drawn in {DrawingTime():F0} microseconds.");
    Console.WriteLine();
    var targets = options.Targets.Select(target => $"T = {target}");
    string[] columns = ["set", "classes", "chance", "zero-shot", "probe", .. targets, "adaptive", "T", "seconds a job"];
    Console.WriteLine(Row(columns));
    Console.WriteLine(Row(columns.Select(_ => "---")));
    var rows = new List<double[]>();
    foreach (var set in options.Sets)
    {
        var seeds = options.Seeds.Select(seed => SetMeasurement.Run(model, tokenizer, set, seed, options)).ToList();
        var (row, target, seconds) = Summarise(set, seeds, options);
        rows.Add(row);
        Console.WriteLine(Row([set, $"{DrawnDatasets.Find(set)!.ClassNames.Count}", .. row.Select(Number), target, Number(seconds)]));
    }
    var means = Enumerable.Range(0, rows[0].Length).Select(column => rows.Average(row => row[column]));
    Console.WriteLine(Row(["average", "", .. means.Select(Number), "", ""]));
}

static (double[] Row, string Target, double Seconds) Summarise(string set, List<SetMeasurement> seeds, BenchOptions options)
{
    var chance = 100.0 / DrawnDatasets.Find(set)!.ClassNames.Count;
    var tuned = options.Targets.Select((target, t) => (
        Target: target,
        Validation: seeds.Average(seed => seed.Tuned[t].Validation),
        Test: seeds.Average(seed => seed.Tuned[t].Test))).ToList();
    // As the coordinator chooses: the best mean validation accuracy; ties: the smaller T_target.
    var chosen = tuned.OrderByDescending(t => t.Validation).ThenBy(t => t.Target).First();
    var seconds = seeds.SelectMany(seed => seed.Tuned).Average(t => t.Duration.TotalSeconds);
    var (zeroShot, probe) = (seeds.Average(seed => seed.ZeroShot), seeds.Average(seed => seed.Probe));
    double[] row = [chance, zeroShot, probe, .. tuned.Select(t => t.Test), chosen.Test];
    return (row, $"{chosen.Target}", seconds);
}

static double DrawingTime()
{
    const int images = 2000;
    for (var i = 0; i < images; i++) CaptionedPictures.Draw(0, i);
    var started = Stopwatch.GetTimestamp();
    for (var i = 0; i < images; i++) CaptionedPictures.Draw(0, i);
    return Stopwatch.GetElapsedTime(started).TotalMicroseconds / images;
}

static string Row(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";

static string Number(double value) => value.ToString("F1", CultureInfo.InvariantCulture);
