"""What a gmsh script of a section may say: words, functions and options that draw and mesh."""

from __future__ import annotations

# Statements and their parts.
_STATEMENTS = """
    Point Line Circle Ellipse Ellipsis Spline BSpline Bezier CatmullRom Nurbs Knots Order Curve Loop
    Wire Plane Surface Ruled Physical Volume Compound Periodic Rectangle Disk Extrude Translate
    Rotate Symmetry Dilate Affine Duplicata Boundary CombinedBoundary PointsOf Delete Recursive
    Coherence SetFactory BooleanUnion BooleanDifference BooleanFragments BooleanIntersection
    BooleanFuse BooleanCut BooleanCommon BooleanCoherence Fillet Chamfer Transfinite Recombine
    Using Progression Bump Beta Left Right Alternate Alternated AlternateLeft AlternateRight
    Smoother Characteristic Length MeshSize MeshSizeFromBoundary MeshAlgorithm Reverse ReverseMesh
    Closest BoundingBox Layers Slide Split Unique SetMaxTag Parametric Background Field Mesh
    Geometry General If ElseIf Else EndIf For EndFor In Macro Function Return Call DefineConstant
    DefineNumber Include Merge ShapeFromFile Printf Error Warning RefineMesh
"""
_VALUES = """
    Pi newp newl newc newll newcl news newsl newv newf newreg Abs Fabs Acos ArcCos Asin ArcSin Atan
    ArcTan Atan2 ArcTan2 Cos Cosh Sin Sinh Tan Tanh Ceil Floor Round Exp Log Log10 Sqrt Hypot Fmod
    Modulo Max Min Rand Step Sprintf Str StrCat Exists LinSpace LogSpace List CenterOfMass Mass
    Heaviside
"""
_ATTRIBUTES = """
    Name Help Label Units Range Choices ReadOnly ReadOnlyRange Highlight Visible Closed AutoCheck
    NumericFormat Loop Graph
"""
_FIELDS = """
    Attractor Ball BoundaryLayer Box Constant Curvature Cylinder Distance Extend Frustum Gradient
    IntersectAniso Laplacian LonLat MathEval MathEvalAniso Mean MinAniso Octree Param Restrict
    Threshold
"""
_FIELD_OPTIONS = """
    AnisoMax BetaLaw CurvesList Delta DistMax DistMin EdgesList F FX FY FZ FaceNodesByEdge FacesList
    FanPointsList FanPointsSizesList FieldX FieldY FieldZ FieldsList IField InField IncludeBoundary
    InnerR1 InnerR2 InnerV1 InnerV2 IntersectMetrics Kind LcMax LcMin NNodesByEdge NbLayers
    NodesList NumPointsPerCurve NumPointsPerSurface OuterR1 OuterR2 OuterV1 OuterV2 PointsList
    Power Quads Radius RegionsList Sampling Sigmoid Size SizeFar SizeMax SizeMin SizesList
    SizeMaxNormal SizeMaxTangent SizeMinNormal SizeMinTangent SmoothingStep StopAtDistMax
    SurfacesList Thickness VIn VOut VerticesList VolumesList X1 X2 XAxis XCenter XMax XMin Y1 Y2
    YAxis YCenter YMax YMin Z1 Z2 ZAxis ZCenter ZMax ZMin Ratio hfar hwall_n hwall_t ratio thickness
    m11 m12 m13 m22 m23 m33
"""
# Options that are numbers of meshing and drawing; of the others only what speaks of the terminal.
OPTION_GROUPS = ("Mesh", "Geometry")
GENERAL_OPTIONS = ("Terminal", "Verbosity", "NumThreads", "AbortOnError", "ExpertMode")
# Members of a field that are texts: formulas.
FORMULAS = frozenset({"F", "FX", "FY", "FZ", "m11", "m12", "m13", "m22", "m23", "m33"})

FIELDS = frozenset(_FIELDS.split())
FIELD_OPTIONS = frozenset(_FIELD_OPTIONS.split())
ATTRIBUTES = frozenset(_ATTRIBUTES.split())
ALLOWED = frozenset((*_STATEMENTS.split(), *_VALUES.split())) | ATTRIBUTES | FIELDS

# Words that gmsh's language has besides, so that nobody hides them as names of variables.
RESERVED = frozenset(
    [
        "Abort",
        "AbsolutePath",
        "AdaptMesh",
        "Alias",
        "AliasWithOptions",
        "Append",
        "Betti",
        "Block",
        "BooleanSection",
        "Catenary",
        "ClassifySurfaces",
        "CodeName",
        "Cohomology",
        "Color",
        "ColorTable",
        "Combine",
        "Cone",
        "Coordinates",
        "CopyOptions",
        "Cpu",
        "CreateDir",
        "CreateGeometry",
        "CreateTopology",
        "CurrentDir",
        "CurrentDirectory",
        "CurrentFileName",
        "DefineString",
        "Degenerated",
        "DimNameSpace",
        "DirName",
        "Draw",
        "Ellipsoid",
        "Elliptic",
        "Euclidian",
        "Exit",
        "ExternalProcess",
        "FileExists",
        "Find",
        "FixRelativePath",
        "GMSH_MAJOR_VERSION",
        "GMSH_MINOR_VERSION",
        "GMSH_PATCH_VERSION",
        "GeoEntity",
        "GetEnv",
        "GetForced",
        "GetForcedStr",
        "GetNumber",
        "GetString",
        "GetStringValue",
        "GetValue",
        "GmshExecutableName",
        "HealShapes",
        "Hide",
        "Hole",
        "Homology",
        "INTERPOLATION_SCHEME",
        "Intersect",
        "Levelset",
        "ListFromFile",
        "LowerCase",
        "LowerCaseIn",
        "MPI_Rank",
        "MPI_Size",
        "MatrixOfInertia",
        "Memory",
        "MergeFile",
        "MergeWithBoundingBox",
        "N2S",
        "NameStruct",
        "NameToString",
        "NewModel",
        "Normal",
        "NonBlockingSystemCall",
        "OnelabAction",
        "OnelabRun",
        "Open",
        "OpenProject",
        "Parent",
        "Plugin",
        "PolarSphere",
        "PostProcessing",
        "PostView",
        "Print",
        "QuadTriAddVerts",
        "QuadTriNoNewVerts",
        "Quadric",
        "RecombLaterals",
        "RecombineMesh",
        "Rename",
        "RelocateMesh",
        "Remove",
        "RenumberMeshElements",
        "RenumberMeshNodes",
        "ReorientMesh",
        "S2N",
        "Save",
        "ScaleLastLayer",
        "SetChanged",
        "SetForced",
        "SetForcedStr",
        "SetNumber",
        "SetPartition",
        "SetString",
        "SetTag",
        "Sewing",
        "Show",
        "Sleep",
        "Solver",
        "Sphere",
        "StrChoice",
        "StrCmp",
        "StrFind",
        "StrLen",
        "StrPrefix",
        "StrRelative",
        "StrReplace",
        "StrSub",
        "StringToName",
        "Struct",
        "Structured",
        "SyncModel",
        "System",
        "SystemCall",
        "T2",
        "T3",
        "TIME",
        "TestLevel",
        "TextAttributes",
        "ThickSolid",
        "ThruSections",
        "Today",
        "Torus",
        "TotalMemory",
        "TransfQuadTri",
        "TransformMesh",
        "UndefineConstant",
        "UnsplitWindow",
        "UpperCase",
        "View",
        "Wedge",
    ]
)
