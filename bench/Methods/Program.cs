// One iteration of each method, update included, the trainer's against a plain version that computes all 77 tokens of every text and keeps
// nothing. Run: dotnet run -c Release --project bench/Methods -- [vit-b16|tiny] [classes] [batch] [rounds] [threads]
using System.Globalization;
using AdaptCluster.Bench;
using AdaptCluster.Reference;
using AdaptCluster.Training.Backbones.Clip;
using TorchSharp;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string Argument(int index, string otherwise) => index < args.Length ? args[index] : otherwise;
int Number(int index, int otherwise) =>
    int.Parse(Argument(index, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
var (size, classes, batch, rounds, threads) = (Argument(0, "vit-b16"), Number(1, 10), Number(2, 4), Number(3, 3), Number(4, 2));
torch.set_num_threads(threads);
var config = RandomClip.Of(size);
var weights = new Dictionary<string, torch.Tensor>();
using var model = RandomClip.Load(config, torch.CPU, folder =>
{
    foreach (var (name, weight) in ClipWeights.Load(folder, config)) weights[name] = weight;
});
using var bench = new MethodBench(model, new PlainClip(config, weights), classes, batch);
Console.WriteLine($"{size}, {classes} classes, batch {batch}, {threads} threads, torch {torch.__version__}");
Console.WriteLine();
Console.WriteLine("| method | plain, s | ours, s | ratio |");
Console.WriteLine("| --- | ---: | ---: | ---: |");
foreach (var measured in bench.Methods)
{
    var (ours, plain) = (new List<double>(), new List<double>());
    for (var round = 0; round <= rounds; round++)
    {
        var (a, b) = (Clock.Seconds(torch.CPU, measured.Ours), Clock.Seconds(torch.CPU, measured.Plain));
        // The first round is thrown away: memory and code are new.
        if (round == 0) continue;
        ours.Add(a);
        plain.Add(b);
    }
    Console.WriteLine(
        $"| {measured.Name} | {Times.Median(plain):F4} | {Times.Median(ours):F4} | {Times.Median(plain) / Times.Median(ours):F2} |");
}
foreach (var weight in weights.Values) weight.Dispose();
