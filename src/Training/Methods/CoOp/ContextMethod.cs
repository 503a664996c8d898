using AdaptCluster.Training.Backbones;
using TorchSharp;

namespace AdaptCluster.Training.Methods.CoOp;

/// <summary>A method that trains one context, "ctx" [length, text width], which precedes every class name.</summary>
/// <param name="model">The backbone.</param>
/// <param name="texts">The class texts, with placeholders for the context; this object takes ownership.</param>
/// <param name="context">The context, [length, text width]; this object takes ownership.</param>
internal abstract class ContextMethod(IBackbone model, ContextTexts texts, torch.Tensor context)
    : TextMethod(model, texts, new NamedTensors([KeyValuePair.Create(ContextName, context)]))
{
    /// <summary>The name of the trained tensor.</summary>
    protected const string ContextName = "ctx";

    protected override torch.Tensor Tokens => Tensors[ContextName].unsqueeze(0);

    /// <summary>Creates texts in which the context's placeholders follow the start token.</summary>
    protected static ContextTexts Behind(IBackbone model, IReadOnlyList<int[]> texts, int length) => new(model, texts, first: 1, length);
}
