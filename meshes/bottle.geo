// Bottle on a fibre: outline r = R - z^2 / (2 axial_radius), drawn as one quadratic Bezier curve, which is that parabola exactly.
// Meridian half plane: x = r, y = z, in um. The section ends at z = +-half_length and inside the fibre.

DefineConstant[
  diameter = {15.0, Name "diameter at the equator (um)"}
  axial_radius = {60.0, Name "radius of curvature of the outline at the equator (um)"}
  fibre_diameter = {8.0, Name "fibre diameter (um)"}
  half_length = {8.0, Name "half length of the section (um)"}
  inner_radius = {1.0, Name "where the section ends towards the axis (um)"}
  margin = {2.0, Name "surround beyond the equator (um)"}
  rim_size = {0.2, Name "element size at the rim (um)"}
  far_size = {1.0, Name "element size far away (um)"}
  rim_reach = {2.0, Name "fine within this distance of the equator (um)"}
];
If (fibre_diameter <= 2 * inner_radius || fibre_diameter >= diameter)
  Error("fibre_diameter: must lie between twice inner_radius and diameter");
EndIf
If (axial_radius <= 0 || half_length <= 0 || half_length^2 >= axial_radius * (diameter - fibre_diameter))
  Error("half_length: the outline must stay outside the fibre up to there");
EndIf
R = diameter / 2;
f = fibre_diameter / 2;
drop = half_length^2 / (2 * axial_radius);

Point(1) = {f, -half_length, 0};
Point(2) = {R - drop, -half_length, 0};
Point(3) = {R + drop, 0, 0};
Point(4) = {R - drop, half_length, 0};
Point(5) = {f, half_length, 0};
Point(6) = {inner_radius, -half_length, 0};
Point(7) = {inner_radius, half_length, 0};
Point(8) = {R + margin, -half_length, 0};
Point(9) = {R + margin, half_length, 0};
Point(10) = {R, 0, 0};

Line(1) = {1, 2};
Bezier(2) = {2, 3, 4};
Line(3) = {4, 5};
Line(4) = {5, 1};
Line(5) = {6, 1};
Line(6) = {5, 7};
Line(7) = {7, 6};
Line(8) = {2, 8};
Line(9) = {8, 9};
Line(10) = {9, 4};

Curve Loop(1) = {1, 2, 3, 4};
Plane Surface(1) = {1};
Curve Loop(2) = {5, -4, 6, 7};
Plane Surface(2) = {2};
Curve Loop(3) = {8, 9, 10, -2};
Plane Surface(3) = {3};

Physical Surface("body") = {1};
Physical Surface("fibre") = {2};
Physical Surface("surround") = {3};
Physical Curve("rim") = {2};
Physical Curve("fibre_surface") = {4};
Physical Curve("inner") = {7};
Physical Curve("outer") = {1, 3, 5, 6, 8, 9, 10};

equator() = {10};
Include "size_field.geo";
