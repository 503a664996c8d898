using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Data.CoOp;

namespace AdaptCluster.Training.Methods.ProGrad;

/// <summary>
/// The texts of the CoOp family's data sets that the public code of ProGrad holds as teachers (CUSTOM_TEMPLATES in trainers/prograd.py of
/// BeierZhu/Prompt-align): the name comes last, so that what is before it can be a context.
/// </summary>
internal static class ProGradTemplates
{
    /// <summary>The teacher's text.</summary>
    /// <returns>Null for a data set that is none of the family's.</returns>
    internal static string? Of(DatasetSource dataset) => CoOpFormat.NameOf(dataset) switch
    {
        null => null,
        "oxford-pets" => "a type of pet, a photo of a {}.",
        "oxford-flowers" => "a type of flower, a photo of a {}.",
        "fgvc-aircraft" => "a type of aircraft, a photo of a {}.",
        "dtd" => "a texture of {}.",
        "eurosat" => "a centered satellite photo of {}.",
        "food101" => "a type of food, a photo of {}.",
        "ucf101" => "a photo of a person doing {}.",
        _ => "a photo of a {}.",
    };
}
