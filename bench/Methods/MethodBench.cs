using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Reference;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Methods;
using AdaptCluster.Training.Optimisation;
using TorchSharp;

namespace AdaptCluster.Bench;

/// <summary>Both ways of one iteration of each method on the same texts and images; lanes differ in seed and images.</summary>
internal sealed class MethodBench : IDisposable
{
    /// <summary>The longest context that leaves the names of both sizes their places.</summary>
    private const int ContextLength = 12;

    private readonly PreparedTexts _texts;
    private readonly List<IMethod> _made = [];
    private readonly torch.Tensor _pixels, _labels;
    private readonly torch.Tensor[] _embedded;

    /// <summary>Makes the methods.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="clip">The same weights for the plain version.</param>
    /// <param name="classes">Texts.</param>
    /// <param name="batch">Images of a lane; each lane has its own.</param>
    /// <param name="lanes">Most lanes of a step.</param>
    internal MethodBench(ClipModel model, PlainClip clip, int classes, int batch, int lanes)
    {
        var config = model.Config;
        var (tokenizer, data) = (new WordTokenizer(config), Noise.Data(classes, batch, config.ImageSize));
        var words = new ClassTexts(tokenizer, data.Template, data.ClassNames);
        _texts = model.PrepareTexts(words.With(words.Before));
        _pixels = torch.randn(batch, 3, config.ImageSize, config.ImageSize, device: model.Device);
        _labels = torch.tensor(Enumerable.Range(0, batch).Select(i => (long)(i % classes)).ToArray(), device: model.Device);
        using (torch.no_grad())
            _embedded = [.. Enumerable.Range(0, lanes).Select(lane => model.EmbedImages(lane == 0 ? _pixels : torch.randn_like(_pixels)))];

        var context = config.ContextLength < 77 ? ContextLength - 4 : ContextLength;
        var settings = new TrainSettings
        {
            CoOp = new() { ContextLength = context },
            Plot = new() { ContextLength = context, Threshold = 0, MaxIterations = 10 },
            ProGrad = new() { ContextLength = context },
        };
        Measured Of(string name, int[][] texts, Func<PlainMethods, IReadOnlyDictionary<string, torch.Tensor>, torch.Tensor> loss)
        {
            var job = Noise.Job(epochs: 1) with { Method = name, Train = TrainingMethods.BuiltIn.Only(name, settings) };
            var factory = (IMethodFactory)TrainingMethods.BuiltIn.Find(name);
            var methods = _embedded.Select((_, lane) => (ITrainableMethod)factory.Create(
                new MethodInputs(job with { Seed = 1 + lane }, model, tokenizer, data, _texts, IterationsPerEpoch: 1))).ToArray();
            _made.AddRange(methods);
            var plain = new PlainMethods(clip, clip.Pad(texts), _pixels, _labels);
            var trained = methods[0].Weights().ToDictionary(tensor => tensor.Key, tensor => tensor.Value.requires_grad_());
            var iteration = 0;
            return new Measured(name, width =>
            {
                TrainingStep.Differentiate([.. methods.Take(width).Select((method, lane) =>
                    new LaneBatch(method, _embedded[lane], _labels))]);
                iteration++;
                foreach (var method in methods.Take(width))
                {
                    method.BeforeUpdate(iteration);
                    new Sgd(0.9, 0.0005).Update(method.Trained, 1e-5);
                }
            }, () => loss(plain, trained).backward());
        }
        var (whole, places, ids) = (words.With(words.Before), words.WithPlaces(context), clip.Pad(words.With(words.Before)));
        var position = 1 + words.Before.Length;
        Methods =
        [
            Of(MethodNames.CoOp, places, (plain, trained) => plain.CoOp(trained)),
            Of(MethodNames.CoCoOp, whole, (plain, trained) => plain.CoCoOp(trained)),
            Of(MethodNames.Vpt, whole, (plain, trained) => plain.Vpt(trained)),
            Of(MethodNames.Plot, places, (plain, trained) => plain.Plot(trained, 0.1, 10, addPooled: false)),
            Of(MethodNames.Maple, whole, (plain, trained) => plain.Maple(trained)),
            Of(MethodNames.ProGrad, places, (plain, trained) =>
            {
                var (loss, guide) = plain.ProGrad(trained, ids, 1);
                guide.backward(retain_graph: true);
                return loss;
            }),
            Of(MethodNames.KgCoOp, whole, (plain, trained) => plain.KgCoOp(trained, ids, 8)),
            Of(MethodNames.Lamm, whole, (plain, trained) =>
                plain.Lamm(trained, trained["name_tokens"].detach(), position, (1.0 / 16, 1, 0.05, 2), trainedIsTarget: true)),
        ];
    }

    /// <summary>All but zero-shot, which has no iteration, and Adapt, which bench/Step measures.</summary>
    internal IReadOnlyList<Measured> Methods { get; }

    public void Dispose()
    {
        foreach (var method in _made) method.Dispose();
        _texts.Dispose();
        foreach (var tensor in (torch.Tensor[])[_pixels, _labels, .. _embedded]) tensor.Dispose();
    }

    /// <summary>A method's iteration.</summary>
    /// <param name="Name">The method.</param>
    /// <param name="Ours">The trainer's, of so many lanes.</param>
    /// <param name="Plain">The plain version's, of one lane.</param>
    internal sealed record Measured(string Name, Action<int> Ours, Action Plain);
}
